using System.Reflection;

namespace WsusDashboard.Windows.Tests.Support;

/// <summary>The agent and the stand-in service as folders that run on Windows; published once a test run, and only what changed.</summary>
internal static class PublishedPrograms
{
    public const string AgentProgram = "WsusDashboard.Agent.exe";
    public const string StandInProgram = "WsusDashboard.StandInService.exe";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);
    private static readonly Lazy<Task<string>> AgentFolder = new(() => PublishAsync("src/Agent", "agent", "-p:IisApi=Emulated"));
    private static readonly Lazy<Task<string>> StandInFolder = new(() => PublishAsync("tests/Windows.Tests/StandInService", "stand-in"));

    public static string SourceRoot => Metadata("SourceRoot");

    public static Task<string> AgentAsync() => AgentFolder.Value;

    public static Task<string> StandInAsync() => StandInFolder.Value;

    private static async Task<string> PublishAsync(string project, string name, params string[] properties)
    {
        // Build output of its own: the assets of a publish for Windows do not take turns with those of the build in src.
        var root = Metadata("PublishRoot");
        var folder = Path.Combine(root, name);
        string[] command =
        [
            "dotnet", "publish", Path.Combine(SourceRoot, project), "--configuration", "Release", "--runtime", "win-x64", "--self-contained",
            "--artifacts-path", Path.Combine(root, "artifacts"), "--output", folder, "--nologo", "--verbosity", "quiet", "-nodeReuse:false",
            // The build has examined this source already.
            "-p:RunAnalyzers=false", .. properties,
        ];
        var environment = new Dictionary<string, string?> { ["UseSharedCompilation"] = "true", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0", ["MSBuildSDKsPath"] = null };
        (await HostProcess.RunAsync(command, environment, Limit, CancellationToken.None)).Succeeded();
        return folder;
    }

    private static string Metadata(string key) =>
        typeof(PublishedPrograms).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
