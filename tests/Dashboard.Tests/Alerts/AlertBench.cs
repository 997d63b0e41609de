using System.Globalization;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Alerts;

/// <summary>Problems, routes and a person who watches them: decides again and again, and keeps what was ordered.</summary>
internal sealed class AlertBench(LatestAlerts? alerts = null)
{
    public List<AlertProblem> Problems { get; } = [];

    public List<AlertRoute> Routes { get; init; } = [Route()];

    public List<MaintenanceWindow> Windows { get; } = [];

    public LatestAlerts Alerts { get; private set; } = alerts ?? LatestAlerts.None;

    public DateTimeOffset Now { get; set; } = Clock.Start;

    public List<AlertOrder> Orders { get; } = [];

    public IEnumerable<AlertReason> Reasons => Orders.Select(order => order.Message.Reason);

    public static AlertRoute Route(int id = 1, AlertRule? rule = null) => new(id, $"route {id}", id, rule ?? new() { Channels = [1] });

    public static AlertMember Member(int server, DateTimeOffset openedAt, string site = "BRN", Severity severity = Severity.Critical, string cause = FindingIds.PoolStopped) => new()
    {
        ServerId = server,
        ServerName = string.Create(CultureInfo.InvariantCulture, $"{site}-WSUS{server:00}"),
        Site = site,
        CauseId = cause,
        Severity = severity,
        Since = openedAt.AddMinutes(-1),
        OpenedAt = openedAt,
    };

    public static AlertProblem Problem(long id, params IReadOnlyList<AlertMember> members) => Problem(id, ProblemKind.Server, "", members);

    public static AlertProblem Problem(long id, ProblemKind kind, string group, params IReadOnlyList<AlertMember> members) => new(id, kind, members[0].CauseId, $"Title of {members[0].CauseId}", group, group, members);

    /// <summary>A server's own problem that opens now.</summary>
    public AlertProblem Open(long id, int server, string site = "BRN", Severity severity = Severity.Critical, string cause = FindingIds.PoolStopped)
    {
        var problem = Problem(id, Member(server, Now, site, severity, cause));
        Problems.Add(problem);
        return problem;
    }

    /// <summary>Changes every member of a problem.</summary>
    public void Change(long id, Func<AlertMember, AlertMember> change)
    {
        var index = Problems.FindIndex(problem => problem.Id == id);
        Problems[index] = Problems[index] with { Members = [.. Problems[index].Members.Select(change)] };
    }

    public void Resolve(long id) => Problems.RemoveAll(problem => problem.Id == id);

    public IReadOnlyList<AlertOrder> Decide()
    {
        var decision = AlertDecisions.Of(new(Now, Problems, Routes, Windows, Alerts));
        Take(decision);
        return decision.Orders;
    }

    public void Take(AlertDecision decision)
    {
        Alerts = decision.Alerts;
        Orders.AddRange(decision.Orders);
    }

    /// <summary>Decides every ten seconds for so long.</summary>
    public void Run(TimeSpan length, TimeSpan? step = null)
    {
        for (var end = Now + length; Now < end;)
        {
            Now += step ?? TimeSpan.FromSeconds(10);
            Decide();
        }
    }
}
