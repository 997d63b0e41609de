using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>Live servers with findings that a test chooses.</summary>
internal static class ProblemSamples
{
    public static Finding Finding(string id, Severity severity = Severity.Critical, DateTimeOffset? since = null, bool isCause = true, string? playbook = null) => new()
    {
        Id = id,
        Severity = severity,
        Title = $"Title of {id}",
        Explanation = "Why.",
        Source = "tests",
        Since = since,
        IsCause = isCause,
        Playbook = playbook,
    };

    /// <summary>A server that answers and was read a moment ago.</summary>
    public static LiveServer Server(int id, DateTimeOffset now, params IReadOnlyList<Finding> findings) => new()
    {
        Id = id,
        Name = $"SRV-{id:00}",
        Site = "BRN",
        Address = $"https://10.0.{id % 2}.{id}:5101",
        Baseline = "guide",
        Status = new() { Health = HealthOf(findings), CauseId = findings.Count > 0 ? findings[0].Id : null, CauseTitle = findings.Count > 0 ? findings[0].Title : null },
        Snapshot = Samples.Snapshot(now, $"SRV-{id:00}"),
        Assessment = new(HealthOf(findings), findings, "Sentence."),
        Link = new(LinkState.Up, now.AddDays(-1), null, 0, now),
    };

    /// <summary>The same server, not answering since a moment.</summary>
    public static LiveServer Silent(this LiveServer server, DateTimeOffset since)
    {
        var finding = Finding(FindingIds.AgentUnreachable, since: since, isCause: false);
        return server with
        {
            Status = server.Status with { Health = Health.Unreachable, CauseId = finding.Id },
            Assessment = new(Health.Unreachable, [finding, .. server.Assessment!.Findings], "Sentence."),
            Link = new(LinkState.Down, since, "refused", 5, since),
        };
    }

    public static LiveServer Repairing(this LiveServer server, string repairId, DateTimeOffset startedAt, string playbook = "full-repair") =>
        server with { ActiveRepair = new(server.Id, server.Name, repairId, playbook, 1, 5, "Step", startedAt) };

    /// <summary>The same server, which takes its updates from another one.</summary>
    public static LiveServer Below(this LiveServer server, string source) =>
        server with { Snapshot = server.Snapshot! with { Wsus = server.Snapshot.Wsus with { Value = server.Snapshot.Wsus.Value! with { Source = source } } } };

    public static LiveServer Reading(this LiveServer server) => server with { History = new(Dashboard.Data.Entities.HistoryState.Reading, 10, 1000) };

    public static ServerReading Read(this LiveServer server, DateTimeOffset now) => new(server, now);

    /// <summary>The service section as it was not read.</summary>
    public static LiveServer WithoutServices(this LiveServer server) =>
        server with { Snapshot = server.Snapshot! with { Services = server.Snapshot.Services with { Status = SectionStatus.Unreadable } } };

    private static Health HealthOf(IReadOnlyList<Finding> findings) => findings.Count == 0 ? Health.Healthy : findings.Max(finding => finding.Severity) switch
    {
        Severity.Critical => Health.Critical,
        Severity.Warning => Health.Warning,
        _ => Health.Healthy,
    };
}
