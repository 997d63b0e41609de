using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Alerts.Deciding;

/// <summary>All that a decision is made from.</summary>
/// <param name="Now">UTC.</param>
/// <param name="Problems">Those that are there now.</param>
/// <param name="Routes">In their order.</param>
/// <param name="Windows">Times in which nothing alerts.</param>
/// <param name="Alerts">What was decided before.</param>
internal sealed record AlertInput(DateTimeOffset Now, IReadOnlyCollection<AlertProblem> Problems, IReadOnlyList<AlertRoute> Routes, IReadOnlyCollection<MaintenanceWindow> Windows, LatestAlerts Alerts);

/// <summary>
/// Who is told what. Pure, and without a memory of its own: what was told before is in the alerts, which are rows. So it makes no difference whether one
/// dashboard decides all the time, each decision is another one's, or a week that is over is decided again to see what would have been sent.
/// </summary>
internal static class AlertDecisions
{
    /// <summary>A decision that comes no later than this counts from the moment at which it was due: how often somebody looks makes no difference.</summary>
    private static readonly TimeSpan Punctual = TimeSpan.FromMinutes(2);

    public static AlertDecision Of(AlertInput input)
    {
        var groups = AlertGroup.Of(input.Problems, input.Windows, input.Now);
        var alerts = input.Alerts.Copy();
        var orders = new List<AlertOrder>();
        var changed = new List<Alert>();
        foreach (var group in groups.Values.OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            foreach (var route in input.Routes)
            {
                var before = alerts.Find(route.Id, group.Key);
                if (before is not { IsOpen: true } && !(group.IsActive && route.Fits(group) && route.IsInHours(input.Now)))
                {
                    continue;
                }

                var heard = alerts.ChannelsOf(group.Key, input.Routes, route.Id).ToHashSet();
                var (after, order) = Next(before is { IsOpen: true } ? before : Begin(route, group, (before?.Occurrence ?? 0) + 1, input.Now), group, route, heard, input.Now);
                if (after != before)
                {
                    Put(after);
                }

                if (order is not null)
                {
                    orders.Add(order);
                }

                if (route.Rule.Stops)
                {
                    break;
                }
            }
        }

        EndThoseThatAreGone();
        return new(changed, orders, alerts);

        void Put(Alert alert)
        {
            changed.Add(alert);
            alerts.Put(alert);
        }

        void EndThoseThatAreGone()
        {
            var routes = input.Routes.ToDictionary(route => route.Id);
            var open = input.Problems.ToDictionary(problem => problem.Id);
            foreach (var alert in alerts.Open.Where(alert => !groups.ContainsKey(alert.GroupKey) || !routes.ContainsKey(alert.RouteId)).OrderBy(alert => alert.GroupKey, StringComparer.Ordinal).ThenBy(alert => alert.RouteId).ToList())
            {
                var ended = alert with { State = AlertState.Ended, EndedAt = input.Now };
                if (alert.State == AlertState.Told && routes.TryGetValue(alert.RouteId, out var route))
                {
                    var isOtherwise = alert.ProblemIds.Any(open.ContainsKey);
                    ended = ended with { EventCount = alert.EventCount + 1, ToldAt = input.Now };
                    orders.Add(new(ended, EndOf(ended, isOtherwise, input.Now), [.. alert.Channels], route.Rule.DigestMinutes));
                }

                Put(ended);
            }
        }
    }

    private static Alert Begin(AlertRoute route, AlertGroup group, int occurrence, DateTimeOffset now) => new()
    {
        RouteId = route.Id,
        GroupKey = group.Key,
        Occurrence = occurrence,
        State = AlertState.Waiting,
        CauseId = group.CauseId,
        Title = group.Title,
        Subject = group.Subject,
        Severity = group.Severity,
        OpenedAt = Due(group.ReadyAt, now),
        ProblemIds = [.. group.Problems.Take(Alert.KeptProblems)],
    };

    private static (Alert After, AlertOrder? Order) Next(Alert alert, AlertGroup group, AlertRoute route, HashSet<int> heard, DateTimeOffset now)
    {
        if (alert.State == AlertState.Waiting)
        {
            var due = alert.OpenedAt + AlertTimings.GroupWait;
            return !group.IsActive ? (alert with { State = AlertState.Ended, EndedAt = now }, null)
                : now < due ? (alert, null)
                : Tell(alert with { UnansweredSince = Due(due, now) }, AlertEventKind.Opened, AlertReason.New, [.. route.Rule.Channels.Where(channel => !heard.Contains(channel))], Due(due, now));
        }

        if (!group.IsActive)
        {
            return (alert, null);
        }

        if (group.IsAcknowledged != alert.IsAcknowledged)
        {
            // One that comes back unacknowledged waits for an answer from now on.
            return group.IsAcknowledged
                ? Tell(alert with { IsAcknowledged = true, UnansweredSince = null }, AlertEventKind.Acknowledged, AlertReason.Acknowledged, [.. alert.Channels], now)
                : (alert with { IsAcknowledged = false, UnansweredSince = now, EscalatedAt = null }, null);
        }

        if (!route.IsInHours(now))
        {
            return (alert, null);
        }

        var told = alert.ToldAt ?? alert.OpenedAt;
        if (group.Severity > alert.Severity && now >= told + AlertTimings.GroupWait)
        {
            return Tell(alert, AlertEventKind.Changed, AlertReason.Worse, [.. alert.Channels], now);
        }

        var grew = Max(told + AlertTimings.GroupInterval, group.Newest + AlertTimings.GroupWait);
        if (group.Newest > alert.NewestTold && now >= grew)
        {
            return Tell(alert, AlertEventKind.Changed, AlertReason.MoreServers, [.. alert.Channels], Due(grew, now));
        }

        if (route.Rule.EscalationMinutes is { } minutes && alert is { IsAcknowledged: false, EscalatedAt: null, UnansweredSince: { } since } && now >= since.AddMinutes(minutes))
        {
            var at = Due(since.AddMinutes(minutes), now);
            var others = route.Rule.EscalationChannels.Where(channel => !alert.Channels.Contains(channel)).ToList();
            var (after, order) = Tell(alert with { EscalatedAt = at }, AlertEventKind.Opened, AlertReason.Escalation, others, at);
            return (after, order is null ? null : order with { DigestMinutes = 0 });
        }

        var repeat = told + AlertTimings.Repeat(group.Severity);
        return !alert.IsAcknowledged && now >= repeat ? Tell(alert, AlertEventKind.Changed, AlertReason.Reminder, [.. alert.Channels], Due(repeat, now)) : (alert, null);

        (Alert, AlertOrder?) Tell(Alert before, AlertEventKind kind, AlertReason reason, List<int> channels, DateTimeOffset at)
        {
            var after = before with
            {
                State = AlertState.Told,
                Subject = group.Subject,
                Severity = group.Severity,
                ToldAt = at,
                NewestTold = group.Newest,
                EventCount = channels.Count == 0 ? before.EventCount : before.EventCount + 1,
                Channels = [.. before.Channels.Concat(channels).Distinct()],
                ProblemIds = [.. group.Problems.Take(Alert.KeptProblems)],
            };
            return (after, channels.Count == 0 ? null : new(after, MessageOf(after, group, kind, reason, at), channels, route.Rule.DigestMinutes));
        }
    }

    private static AlertMessage MessageOf(Alert alert, AlertGroup group, AlertEventKind kind, AlertReason reason, DateTimeOffset at)
    {
        var servers = group.Active.DistinctBy(member => member.ServerId).ToList();
        return new()
        {
            Occurrence = alert.Occurrence,
            Number = alert.EventCount,
            Event = kind,
            Reason = reason,
            Severity = alert.Severity,
            CauseId = alert.CauseId,
            Title = alert.Title,
            Subject = alert.Subject,
            Sites = [.. group.Sites],
            Servers = [.. servers.Take(AlertMessage.ListedServers).Select(member => member.ServerName)],
            ServerCount = servers.Count,
            ProblemIds = alert.ProblemIds,
            Since = group.Active.Min(member => member.Since),
            At = at,
            IsFlapping = group.Active.Any(member => member.IsFlapping),
            By = kind == AlertEventKind.Acknowledged ? group.Active.Select(member => member.AcknowledgedBy).FirstOrDefault(by => by.Length > 0) ?? "" : "",
        };
    }

    private static AlertMessage EndOf(Alert alert, bool isOtherwise, DateTimeOffset now) => new()
    {
        Occurrence = alert.Occurrence,
        Number = alert.EventCount,
        Event = AlertEventKind.Resolved,
        Reason = isOtherwise ? AlertReason.NamedOtherwise : AlertReason.Resolved,
        Severity = alert.Severity,
        CauseId = alert.CauseId,
        Title = alert.Title,
        Subject = alert.Subject,
        ProblemIds = alert.ProblemIds,
        Since = alert.OpenedAt,
        At = now,
    };

    private static DateTimeOffset Due(DateTimeOffset due, DateTimeOffset now) => due <= now && now - due <= Punctual ? due : now;

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
