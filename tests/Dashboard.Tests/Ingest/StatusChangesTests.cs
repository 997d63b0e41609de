using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Ingest;

public sealed class StatusChangesTests
{
    [Fact]
    public void Between_FindingsComeGoAndGrow_EachIsAChange()
    {
        var before = Status(Health.Warning, new FindingSummary("drift", Severity.Warning, "Drift"), new("old", Severity.Information, "Old"));
        var after = Status(Health.Warning, new FindingSummary("drift", Severity.Critical, "Drift"), new("new", Severity.Critical, "New"));

        Assert.Equal(
            [("finding:drift", "Warning", "Critical"), ("finding:new", "", "Critical"), ("finding:old", "Information", "")],
            StatusChanges.Between(before, after).Select(change => (change.Subject, change.From, change.To)));
    }

    [Fact]
    public void Between_AgentFallsSilentAndAnswersAgain_FindingsOfBeforeAreNotGone()
    {
        var before = Status(Health.Warning, new FindingSummary("drift", Severity.Warning, "Drift"));
        var silent = Status(Health.Unreachable, new FindingSummary(FindingIds.AgentUnreachable, Severity.Critical, "No answer"));

        Assert.Equal([("health", "Warning", "Unreachable"), ("agent", "Answers", "Silent")], StatusChanges.Between(before, silent).Select(change => (change.Subject, change.From, change.To)));
        Assert.Equal(
            [("health", "Unreachable", "Warning"), ("agent", "Silent", "Answers"), ("finding:drift", "", "Warning")],
            StatusChanges.Between(silent, before).Select(change => (change.Subject, change.From, change.To)));
    }

    [Fact]
    public void Between_SameStatus_IsNothing() => Assert.Empty(StatusChanges.Between(Status(Health.Healthy), Status(Health.Healthy)));

    private static ServerStatus Status(Health health, params FindingSummary[] findings) =>
        new() { Health = health, Findings = [.. findings] };
}
