using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using WsusDashboard.Dashboard.Features.FirstDay;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.FirstDay;

public sealed class AgentPackagesTests
{
    private const string Name = "WsusDashboard.Agent-0.1.0-win-x64.zip";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_NoFolder_NotFound()
    {
        using var folder = new TempFolder();
        using var packages = new AgentPackages(new() { DataDirectory = folder.Path });

        Assert.IsType<NotFound>((await packages.FindAsync(Token)).Failure);
    }

    [Fact]
    public async Task Find_Release_HasItsChecksum()
    {
        using var folder = new TempFolder();
        var hash = Put(folder, Name, "the release");
        using var packages = new AgentPackages(OptionsOf(folder));

        var found = (await packages.FindAsync(Token)).Value;

        Assert.Equal((Name, 11L, hash), (found?.FileName, found?.Bytes, found?.Sha256));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Find_NoChecksumOrAnotherOne_IsNotHandedOut(string? checksum)
    {
        using var folder = new TempFolder();
        Put(folder, Name, "the release", checksum);
        using var packages = new AgentPackages(OptionsOf(folder));

        Assert.IsType<Conflict>((await packages.FindAsync(Token)).Failure);
    }

    [Fact]
    public async Task Find_ChangedAfterItWasChecked_IsCheckedAgain()
    {
        using var folder = new TempFolder();
        Put(folder, Name, "the release");
        using var packages = new AgentPackages(OptionsOf(folder));
        Assert.True((await packages.FindAsync(Token)).IsSuccess);

        await File.AppendAllTextAsync(Path.Combine(folder.Path, Name), "and more", Token);

        Assert.IsType<Conflict>((await packages.FindAsync(Token)).Failure);
    }

    [Fact]
    public async Task Find_SeveralReleases_TheNewest()
    {
        using var folder = new TempFolder();
        Put(folder, Name, "old");
        File.SetLastWriteTimeUtc(Path.Combine(folder.Path, Name), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Put(folder, "WsusDashboard.Agent-0.2.0-win-x64.zip", "new");
        Put(folder, "Other-9.zip", "something else");
        using var packages = new AgentPackages(OptionsOf(folder));

        Assert.Equal("WsusDashboard.Agent-0.2.0-win-x64.zip", (await packages.FindAsync(Token)).Value?.FileName);
    }

    [Fact]
    public async Task Api_Release_IsDescribedAndSentAsItIs()
    {
        using var folder = new TempFolder();
        await using var dashboard = await TestDashboard.StartAsync(folder);
        Assert.Equal(HttpStatusCode.NotFound, (await dashboard.Http.GetAsync(new Uri("/api/v1/agent-package", UriKind.Relative), Token)).StatusCode);
        var packages = Directory.CreateDirectory(dashboard.Get<DashboardOptions>().PackageDirectoryPath).FullName;
        var hash = Put(packages, Name, "the release");

        var described = await dashboard.Http.GetFromJsonAsync<AgentPackageJson>("/api/v1/agent-package", Token);
        var sent = await dashboard.Http.GetByteArrayAsync(new Uri("/api/v1/agent-package/file", UriKind.Relative), Token);

        Assert.Equal((Name, hash), (described?.FileName, described?.Sha256));
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(sent)));
    }

    private static DashboardOptions OptionsOf(TempFolder folder) => new() { PackageDirectory = folder.Path };

    private static string Put(TempFolder folder, string name, string text) => Put(folder.Path, name, text);

    private static string Put(string folder, string name, string text)
    {
        File.WriteAllText(Path.Combine(folder, name), text);
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, name))));
        File.WriteAllText(Path.Combine(folder, name + ".sha256"), $"{hash}  {name}\n");
        return hash;
    }

    private static void Put(TempFolder folder, string name, string text, string? checksum)
    {
        Put(folder, name, text);
        File.Delete(Path.Combine(folder.Path, name + ".sha256"));
        if (checksum is not null)
        {
            File.WriteAllText(Path.Combine(folder.Path, name + ".sha256"), checksum);
        }
    }
}
