using System.Reflection;

namespace WsusDashboard.Windows.Tests.Support;

/// <summary>The agent and the stand-in service as folders that run on Windows; published once a test run, and only what changed.</summary>
internal static class PublishedPrograms
{
    public const string AgentProgram = "WsusDashboard.Agent.exe";
    public const string StandInProgram = "WsusDashboard.StandInService.exe";

    // The build has examined this source already.
    private const string WithoutAnalyzers = "-p:RunAnalyzers=false";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);
    private static readonly Lazy<Task<string>> AgentFolder = new(() => PublishAsync("src/Agent", "agent", "artifacts", WithoutAnalyzers, "-p:IisApi=Emulated"));
    private static readonly Lazy<Task<string>> ServerAgentFolder = new(PublishServerAgentAsync);
    private static readonly Lazy<Task<string>> StandInFolder = new(() => PublishAsync("tests/Windows.Tests/StandInService", "stand-in", "artifacts", WithoutAnalyzers));

    public static string SourceRoot => Metadata("SourceRoot");

    private static string Root => Metadata("PublishRoot");

    /// <summary>The agent with the emulation of IIS.</summary>
    public static Task<string> AgentAsync() => AgentFolder.Value;

    /// <summary>The agent as it is published for a server, with a package that stands in for Microsoft.Web.Administration.</summary>
    public static Task<string> ServerAgentAsync() => ServerAgentFolder.Value;

    public static Task<string> StandInAsync() => StandInFolder.Value;

    private static async Task<string> PublishServerAgentAsync()
    {
        // Packages in a folder of their own: in the one that all builds share, the stand-in would later be taken for Microsoft's.
        var (feed, packages, artifacts) = (Path.Combine(Root, "iis-package"), Path.Combine(Root, "packages"), "artifacts-server");
        await PackIisAsync(feed);

        // A package is unpacked once for each version, and its hash is locked; this one changes and keeps its version.
        Delete(Path.Combine(packages, "microsoft.web.administration"));
        Delete(Path.Combine(Root, artifacts, "obj", "Agent"));

        // Here the analyzers run: no other build compiles what only a server's agent has.
        return await PublishAsync(
            "src/Agent", "server-agent", artifacts, "-p:IisApi=Microsoft",
            $"-p:RestoreAdditionalProjectSources={feed}", $"-p:RestorePackagesPath={packages}", $"-p:RestoreFallbackFolders={Metadata("PackageRoot")}");
    }

    private static async Task PackIisAsync(string feed)
    {
        const string name = "Microsoft.Web.Administration";
        var artifacts = Path.Combine(Root, "artifacts-iis");
        Delete(feed);
        await RunAsync([
            "dotnet", "pack", Path.Combine(SourceRoot, "src/Iis.Emulation"), "--configuration", "Release", "--artifacts-path", artifacts, "--output", feed, "--nologo", "--verbosity", "quiet", "-nodeReuse:false",
            WithoutAnalyzers, $"-p:AssemblyName={name}", $"-p:NuspecFile={Path.Combine(SourceRoot, "tests/Windows.Tests/IisPackage", name + ".nuspec")}",
            $"-p:NuspecBasePath={Path.Combine(artifacts, "bin", "Iis.Emulation", "release")}",
        ]);
    }

    private static async Task<string> PublishAsync(string project, string name, string artifacts, params string[] properties)
    {
        // Build output of its own: the assets of a publish for Windows do not take turns with those of the build in src.
        var folder = Path.Combine(Root, name);
        await RunAsync([
            "dotnet", "publish", Path.Combine(SourceRoot, project), "--configuration", "Release", "--runtime", "win-x64", "--self-contained",
            "--artifacts-path", Path.Combine(Root, artifacts), "--output", folder, "--nologo", "--verbosity", "quiet", "-nodeReuse:false", .. properties,
        ]);
        return folder;
    }

    private static async Task RunAsync(string[] command)
    {
        var environment = new Dictionary<string, string?> { ["UseSharedCompilation"] = "true", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0", ["MSBuildSDKsPath"] = null };
        (await HostProcess.RunAsync(command, environment, Limit, CancellationToken.None)).Succeeded();
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Metadata(string key) =>
        typeof(PublishedPrograms).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
