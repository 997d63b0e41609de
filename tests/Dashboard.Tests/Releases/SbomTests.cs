using System.Text.Json;
using System.Text.RegularExpressions;

namespace WsusDashboard.Dashboard.Tests.Releases;

/// <summary>What a release is made of is pinned by lock files, and listed from them with its licences.</summary>
public sealed partial class SbomTests : IDisposable
{
    private static readonly string Root = FindRoot();

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lists_OfARelease_NameEveryLockedPackageOnceWithItsLicence()
    {
        var (exitCode, output) = await ChildProcess.RunAsync("dotnet", ["run", "--file", Path.Combine(Root, ".ci", "sbom.cs"), "--", Root, _folder.Path], Token);
        Assert.True(exitCode == 0, output);

        using var bill = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.File("wsusdashboard.cdx.json"), Token));
        Assert.Equal(("CycloneDX", "1.6"), (bill.RootElement.GetProperty("bomFormat").GetString(), bill.RootElement.GetProperty("specVersion").GetString()));
        var components = bill.RootElement.GetProperty("components").EnumerateArray().Where(component => component.TryGetProperty("purl", out _)).ToList();
        var locked = LockFiles().SelectMany(file => Packages(file).Select(package => (package, IsShipped: file.StartsWith("src/", StringComparison.Ordinal)))).ToLookup(entry => entry.package, entry => entry.IsShipped);

        Assert.True(locked.Count > 100, $"Only {locked.Count} packages were found.");
        Assert.Equal(locked.Select(entry => entry.Key).Order(StringComparer.OrdinalIgnoreCase), components.Where(IsLocked).Select(component => component.GetProperty("purl").GetString()).Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
        Assert.All(components.Where(IsLocked), component => Assert.Equal(
            locked[component.GetProperty("purl").GetString()!].Any(isShipped => isShipped) ? "required" : "excluded",
            component.GetProperty("scope").GetString()));

        // What only the build for Windows takes is pinned by its version, and says so.
        Assert.Contains(components, component => !IsLocked(component) && component.GetProperty("name").GetString() == "Microsoft.Web.Administration");
        Assert.All(components, component => Assert.NotEmpty(component.GetProperty("licenses").EnumerateArray()));
        Assert.DoesNotContain(components.Where(IsLocked), component => component.GetProperty("licenses")[0].TryGetProperty("license", out var license) && license.TryGetProperty("name", out var name) && name.GetString() is "not stated" or "not restored here");

        // Each reference leads somewhere.
        var known = bill.RootElement.GetProperty("components").EnumerateArray().Select(component => component.GetProperty("bom-ref").GetString()!).ToHashSet(StringComparer.Ordinal);
        Assert.All(bill.RootElement.GetProperty("dependencies").EnumerateArray().SelectMany(entry => entry.GetProperty("dependsOn").EnumerateArray()), reference => Assert.Contains(reference.GetString()!, known));

        var licenses = await File.ReadAllLinesAsync(_folder.File("LICENSES.txt"), Token);
        Assert.All(components, component => Assert.Single(licenses, line => line.StartsWith($"{component.GetProperty("name").GetString()} {component.GetProperty("version").GetString()} · ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Projects_OfTheSolution_HaveALockFileEach()
    {
        var projects = Directory.EnumerateFiles(Root, "*.csproj", SearchOption.AllDirectories).Where(path => !IsBuilt(path)).ToList();

        Assert.True(projects.Count > 10, $"Only {projects.Count} projects were found.");
        Assert.DoesNotContain(projects, path => !File.Exists(Path.Combine(Path.GetDirectoryName(path)!, "packages.lock.json")));
        Assert.Contains("<RestorePackagesWithLockFile>true</RestorePackagesWithLockFile>", File.ReadAllText(Path.Combine(Root, "Directory.Build.props")), StringComparison.Ordinal);
        Assert.DoesNotContain(projects.SelectMany(File.ReadLines), line => line.Contains("<PackageReference", StringComparison.Ordinal) && line.Contains("Version=", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_InCi_RestoresWhatIsLockedAndNothingElse()
    {
        List<string> commands = [.. File.ReadLines(Path.Combine(Root, ".ci", "run")).Where(line => !line.TrimStart().StartsWith('#')).SelectMany(line => DotnetCommand().Matches(line).Select(match => match.Value.Trim()))];

        Assert.Equal("dotnet restore --locked-mode", commands[0]);
        Assert.All(commands.Where(command => command.StartsWith("dotnet build", StringComparison.Ordinal)), command => Assert.Contains("--no-restore", command, StringComparison.Ordinal));
        Assert.All(commands.Where(command => command.StartsWith("dotnet test", StringComparison.Ordinal)), command => Assert.Contains("--no-build", command, StringComparison.Ordinal));
        Assert.Matches("export .*CI=true", File.ReadAllText(Path.Combine(Root, ".ci", "run")));
    }

    private static bool IsLocked(JsonElement component) => component.GetProperty("properties").EnumerateArray().Any(property => property.GetProperty("name").GetString() == "nuget:contentHash");

    private static IEnumerable<string> LockFiles() => Directory.EnumerateFiles(Root, "packages.lock.json", SearchOption.AllDirectories).Where(path => !IsBuilt(path)).Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'));

    private static bool IsBuilt(string path) => Path.GetRelativePath(Root, path).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj");

    /// <summary>As package URLs.</summary>
    private static IReadOnlyList<string> Packages(string lockFile)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, lockFile)));
        return
        [
            .. file.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject())
                .Where(entry => entry.Value.TryGetProperty("resolved", out _))
                .Select(entry => $"pkg:nuget/{entry.Name}@{entry.Value.GetProperty("resolved").GetString()}")
                .Distinct(),
        ];
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WsusDashboard.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The solution is not above the tests.");
        }

        return folder.FullName;
    }

    [GeneratedRegex("dotnet (restore|build|test|format)[^|&>]*", RegexOptions.NonBacktracking)]
    private static partial Regex DotnetCommand();
}
