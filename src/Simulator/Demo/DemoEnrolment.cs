using System.Text.Json;
using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.Simulator.Demo;

/// <summary>Enrols the servers whose agents connect themselves, as an unattended installation does: a token of their site, left for the agent's start.</summary>
internal sealed class DemoEnrolment(HttpClient client, Uri hub)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Those that are enrolled here already only have to run.</summary>
    /// <param name="servers">All that connect themselves.</param>
    /// <param name="known">Names of the servers that the dashboard has.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(IReadOnlyList<SimulatedServer> servers, IReadOnlyCollection<string> known, CancellationToken cancellationToken)
    {
        var missing = servers.Where(server => !known.Contains(server.Name) || !server.Agent.IsEnrolledWith(hub)).ToList();
        foreach (var site in missing.GroupBy(server => server.Site))
        {
            var token = await IssueAsync(site.Key, site.Count(), cancellationToken);
            var starting = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(site, starting, async (server, stopping) =>
            {
                // An order is read at the start.
                await server.Agent.StopAsync();
                Directory.CreateDirectory(server.Files.AgentData);
                new EnrolmentFile(hub.AbsoluteUri, token).Write(server.Files.AgentData);
                await server.Agent.StartAsync(stopping);
            });
        }

        await UntilEnrolledAsync(missing, cancellationToken);
    }

    private async Task<string> IssueAsync(string site, int uses, CancellationToken cancellationToken)
    {
        using var answer = await client.PostAsJsonAsync("/api/v1/enrolment/tokens", new { label = "demo", site, uses, hours = 1, admits = true }, cancellationToken);
        await DemoDashboard.CheckAsync(answer, "issued no enrolment token", cancellationToken);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("token").GetString()!;
    }

    private static async Task UntilEnrolledAsync(IReadOnlyList<SimulatedServer> servers, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Limit);
        try
        {
            while (servers.Any(server => File.Exists(EnrolmentFile.PathIn(server.Files.AgentData))))
            {
                await Task.Delay(LookInterval, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DemoException("The agents couldn't enrol with the dashboard within a minute. Is another program using its port for agents? Choose another one with --hub-port.");
        }
    }
}
