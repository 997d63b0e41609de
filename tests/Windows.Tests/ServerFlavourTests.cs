using System.Text.Json;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Windows.Tests.Support;

namespace WsusDashboard.Windows.Tests;

/// <summary>The agent as it is published for a server: against the package of Microsoft.Web.Administration, for which a stand-in with the same dependencies is made.</summary>
[Collection(WindowsServerCollection.Name)]
public sealed class ServerFlavourTests(WindowsServer server)
{
    private const string Package = "Microsoft.Web.Administration";
    private const string IisSetup = @"HKLM\SOFTWARE\Microsoft\InetStp";

    [Fact]
    public async Task Publish_ForAServer_BringsThePackageAndNoEmulation()
    {
        var folder = await PublishedPrograms.ServerAgentAsync();

        Assert.True(File.Exists(Path.Combine(folder, $"{Package}.dll")));
        Assert.Empty(Directory.GetFiles(folder, "*Emulation*"));
        using var dependencies = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "WsusDashboard.Agent.deps.json"), WindowsServer.Ending));
        var library = dependencies.RootElement.GetProperty("libraries").EnumerateObject().Single(entry => entry.Name.StartsWith(Package + "/", StringComparison.Ordinal));
        Assert.Equal("package", library.Value.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Doctor_PublishedForAServer_GoesToTheServersOwnIis()
    {
        await server.BeginAsync();
        var program = Path.Combine(await PublishedPrograms.ServerAgentAsync(), PublishedPrograms.AgentProgram);

        // Without the role nothing of the package is called; with it the agent takes the server's own IIS, which only the real package can open.
        using var withoutRole = await ExamineAsync(program);
        (await server.Prefix.RunAsync(["reg", "add", IisSetup, "/v", "MajorVersion", "/t", "REG_DWORD", "/d", "10", "/f"], WindowsServer.Ending)).Succeeded();
        try
        {
            using var withRole = await ExamineAsync(program);

            Assert.DoesNotContain("emulated", withoutRole.RootElement.GetProperty("agentVersion").GetString(), StringComparison.Ordinal);
            Assert.Equal("notInstalled", Pools(withoutRole).GetProperty("state").GetString());
            Assert.Equal("refused", Pools(withRole).GetProperty("state").GetString());
        }
        finally
        {
            (await server.Prefix.RunAsync(["reg", "delete", IisSetup, "/f"], WindowsServer.Ending)).Succeeded();
        }
    }

    private async Task<JsonDocument> ExamineAsync(string program)
    {
        var output = (await server.Prefix.RunAsync([program, "doctor", "--json"], WindowsServer.Ending)).Output;
        return JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]);
    }

    private static JsonElement Pools(JsonDocument document) => document.RootElement.GetProperty("edges").EnumerateArray()
        .Single(edge => edge.GetProperty("area").GetString() == ProbeAreas.Iis && edge.GetProperty("edge").GetString() == "configuration and pools");
}
