using System.Text.Json;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Windows.Tests.Support;

namespace WsusDashboard.Windows.Tests;

/// <summary>The doctor of the published agent, as a program of Windows, beside the agent that runs as a service.</summary>
[Collection(WindowsServerCollection.Name)]
public sealed class DoctorTests(WindowsServer server)
{
    [Fact]
    public async Task Doctor_OnThisServer_EndsInTimeWithAResultForEachEdge()
    {
        await server.BeginAsync();
        await server.AgentAnswersAsync();

        var (exitCode, document) = await ExamineAsync();
        using var whole = document;
        var edges = document.RootElement.GetProperty("edges").EnumerateArray()
            .ToDictionary(edge => edge.GetProperty("area").GetString() + ": " + edge.GetProperty("edge").GetString(), edge => edge);
        string State(string edge) => edges[edge].GetProperty("state").GetString()!;

        Assert.InRange(document.RootElement.GetProperty("durationMilliseconds").GetInt64(), 0, 90_000);
        Assert.All(WindowsServer.ServiceNamesInOrder, name => Assert.Equal("works", State($"{ProbeAreas.Services}: {name}")));
        var absent = edges[$"{ProbeAreas.Services}: {ServiceNames.NotificationServer}"];
        Assert.True(absent.GetProperty("state").GetString() == "notInstalled", absent.GetRawText());
        Assert.Equal("works", State($"{ProbeAreas.Iis}: configuration and pools"));
        Assert.Equal("works", State($"{ProbeAreas.Iis}: iisreset"));
        Assert.Equal("works", State($"{ProbeAreas.Wsus}: setup in the registry"));
        Assert.Equal("works", State($"{ProbeAreas.Wsus}: administration service"));

        // The agent is known by its key over TLS, which takes none under Wine 8: something listens there, and the doctor cannot tell who.
        Assert.Equal("attention", State($"{ProbeAreas.Agent}: port"));
        Assert.Contains($"127.0.0.1, port {server.Port}", edges[$"{ProbeAreas.Agent}: port"].GetProperty("summary").GetString(), StringComparison.Ordinal);

        // WMI and the event log do not exist here: the doctor has to say so in the words of the system, and go on.
        Assert.NotEqual("works", State($@"{ProbeAreas.Windows}: WMI, root\cimv2"));
        Assert.All(edges.Values, edge => Assert.True(edge.GetProperty("state").GetString() is not "refused" || edge.GetProperty("advice").GetString()!.Length > 0));

        // The service has examined itself too, and what it found is what counts.
        var service = document.RootElement.GetProperty("service");
        Assert.True(service.ValueKind == JsonValueKind.Object, document.RootElement.GetProperty("serviceProblem").GetString());
        var found = service.GetProperty("edges").EnumerateArray().ToList();
        Assert.Equal(edges.Keys.Order(StringComparer.Ordinal), found.Select(edge => edge.GetProperty("area").GetString() + ": " + edge.GetProperty("edge").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(found.Any(edge => edge.GetProperty("state").GetString() == "refused") ? 2 : 1, exitCode);
    }

    /// <summary>On a machine that has no time for it, a service may not be read within its limit, and the doctor says so: that is right, and not what is asked here.</summary>
    private async Task<(int ExitCode, JsonDocument Document)> ExamineAsync()
    {
        const int attempts = 3;
        for (var attempt = 1; ; attempt++)
        {
            var (exitCode, output) = await server.RunAgentProgramAsync("doctor", "--json");
            var document = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]);
            var late = document.RootElement.GetProperty("edges").EnumerateArray().Where(edge => edge.GetProperty("area").GetString() == ProbeAreas.Services && edge.GetProperty("failure").GetString() == "timedOut").ToList();
            if (late.Count == 0)
            {
                return (exitCode, document);
            }

            Assert.True(attempt < attempts, string.Join(Environment.NewLine, late.Select(edge => edge.GetRawText())));
            document.Dispose();
        }
    }
}
