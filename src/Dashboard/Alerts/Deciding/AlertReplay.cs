using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Alerts.Deciding;

/// <summary>What would have been sent in a time that is over: the decisions of live sending, over the stored problems.</summary>
internal static class AlertReplay
{
    /// <summary>Hours and windows begin and end on such minutes often enough.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    /// <param name="problems">What happened, from <paramref name="begin"/> on at least.</param>
    /// <param name="routes">In their order.</param>
    /// <param name="windows">Times in which nothing alerts.</param>
    /// <param name="begin">UTC; what was told between this and <paramref name="from"/> counts as told and isn't listed.</param>
    /// <param name="from">UTC.</param>
    /// <param name="to">UTC, not included.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static IReadOnlyList<AlertOrder> Of(ProblemReplay problems, IReadOnlyList<AlertRoute> routes, IReadOnlyCollection<MaintenanceWindow> windows, DateTimeOffset begin, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var (alerts, orders) = (LatestAlerts.None, new List<AlertOrder>());
        for (var now = begin; now < to;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var decision = AlertDecisions.Of(new(now, problems.At(now), routes, windows, alerts));
            alerts = decision.Alerts;
            if (now >= from)
            {
                orders.AddRange(decision.Orders);
            }

            now = Next(now, problems, alerts, routes);
        }

        return orders;
    }

    private static DateTimeOffset Next(DateTimeOffset now, ProblemReplay problems, LatestAlerts alerts, IReadOnlyList<AlertRoute> routes)
    {
        var open = alerts.Open.ToList();
        IEnumerable<DateTimeOffset> times = problems.ReadyTimes.Concat(open.SelectMany(alert => TimesOf(alert, routes)));
        if (problems.NextAt is { } happens)
        {
            times = times.Append(happens);
        }

        if (open.Count > 0 || problems.ReadyTimes.Any())
        {
            times = times.Append(new DateTimeOffset((now.Ticks / Step.Ticks * Step.Ticks) + Step.Ticks, TimeSpan.Zero));
        }

        return times.Where(time => time > now).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
    }

    private static List<DateTimeOffset> TimesOf(Alert alert, IReadOnlyList<AlertRoute> routes)
    {
        if (alert.State == AlertState.Waiting)
        {
            return [alert.OpenedAt + AlertTimings.GroupWait];
        }

        var told = alert.ToldAt ?? alert.OpenedAt;
        var escalation = routes.FirstOrDefault(route => route.Id == alert.RouteId)?.Rule.EscalationMinutes;
        List<DateTimeOffset> times = [told + AlertTimings.GroupWait, told + AlertTimings.GroupInterval, told + AlertTimings.Repeat(alert.Severity)];
        if (escalation is { } minutes && alert.UnansweredSince is { } since)
        {
            times.Add(since.AddMinutes(minutes));
        }

        return times;
    }
}
