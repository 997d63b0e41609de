using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using WsusDashboard.Windows.Tests.Support;

namespace WsusDashboard.Windows.Tests;

/// <summary>The release zip, made by the script from what the other tests run.</summary>
[Collection(WindowsServerCollection.Name)]
public sealed class ReleaseTests(WindowsServer server)
{
    [Fact]
    public async Task Release_IsAZipWithChecksumsThatHold()
    {
        await server.BeginAsync();
        var output = Directory.CreateTempSubdirectory("wsusdashboard-release-").FullName;
        try
        {
            var published = await PublishedPrograms.AgentAsync();
            string[] command = ["/bin/bash", Path.Combine(PublishedPrograms.SourceRoot, "src/Agent/Packaging/release.sh"), output];
            var environment = new Dictionary<string, string?> { ["PublishedFolder"] = published, ["MSBUILDDISABLENODEREUSE"] = "1" };
            (await HostProcess.RunAsync(command, environment, TimeSpan.FromMinutes(3), WindowsServer.Ending)).Succeeded();

            var zip = Assert.Single(Directory.GetFiles(output, "*.zip"));
            var name = Path.GetFileNameWithoutExtension(zip);
            Assert.Matches(@"^WsusDashboard\.Agent-\d+\.\d+\.\d+-win-x64$", name);
            Assert.Equal($"{await HashAsync(zip)}  {name}.zip\n", await File.ReadAllTextAsync(zip + ".sha256", WindowsServer.Ending));
            await AssertContentAsync(zip, name, output);
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    private static async Task AssertContentAsync(string zip, string name, string output)
    {
        await ZipFile.ExtractToDirectoryAsync(zip, output, WindowsServer.Ending);
        var folder = Path.Combine(output, name);
        var listed = (await File.ReadAllLinesAsync(Path.Combine(folder, "SHA256SUMS"), WindowsServer.Ending)).Select(line => line.Split("  ")).ToDictionary(parts => parts[1], parts => parts[0]);
        foreach (var (file, hash) in listed)
        {
            Assert.Equal(hash, await HashAsync(Path.Combine(folder, file)), ignoreCase: true);
        }

        // All that is in the folder is in the list, and what a server does not need is in neither.
        Assert.Equal(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length, listed.Count + 1);
        Assert.Contains(PublishedPrograms.AgentProgram, listed.Keys);
        Assert.Contains("README.md", listed.Keys);

        // What it is made of, and under which licences.
        using var materials = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "wsusdashboard.cdx.json"), WindowsServer.Ending));
        Assert.Equal("CycloneDX", materials.RootElement.GetProperty("bomFormat").GetString());
        Assert.Contains(materials.RootElement.GetProperty("components").EnumerateArray(), component => component.GetProperty("name").GetString() == "Grpc.AspNetCore");
        Assert.Contains("Grpc.AspNetCore", await File.ReadAllTextAsync(Path.Combine(folder, "LICENSES.txt"), WindowsServer.Ending), StringComparison.Ordinal);
        Assert.Contains("LICENSES.txt", listed.Keys);
        Assert.DoesNotContain(listed.Keys, file => file.EndsWith(".pdb", StringComparison.Ordinal) || file == "agent.json");
    }

    private static async Task<string> HashAsync(string path)
    {
        await using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, WindowsServer.Ending));
    }
}
