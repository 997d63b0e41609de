using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Alerts;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>The routes: who hears what.</summary>
internal sealed class AlertRouteService(IDbContextFactory<DashboardContext> contexts, AuditTrail audit) : AlertRowService<AlertRouteEntity>(contexts, audit)
{
    private const int MaximumCauseLength = 100;

    protected override string Noun => "route";

    /// <summary>In the order in which they're asked. Failures: Forbidden.</summary>
    public async Task<Outcome<IReadOnlyList<AlertRouteView>>> ListAsync(CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        await using var context = await Contexts.CreateDbContextAsync(cancellationToken);
        var names = await NamesAsync(context, cancellationToken);
        var rows = await context.AlertRoutes.AsNoTracking().OrderBy(row => row.Position).ThenBy(row => row.Id).Take(AlertLimits.MaximumRows).ToListAsync(cancellationToken);
        return rows.ConvertAll(row => View(row, names));
    }

    /// <summary>Failures: Forbidden, Invalid, Conflict (the name is taken; too many).</summary>
    public async Task<Outcome<AlertRouteView>> AddAsync(AlertRouteInput input, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        await using var context = await Contexts.CreateDbContextAsync(cancellationToken);
        var last = await context.AlertRoutes.Select(row => (int?)row.Position).MaxAsync(cancellationToken) ?? 0;
        if (await context.AlertRoutes.CountAsync(cancellationToken) >= AlertLimits.MaximumRows)
        {
            return new Conflict($"There are {AlertLimits.MaximumRows} routes already. Remove one first.");
        }

        var names = await NamesAsync(context, cancellationToken);
        var added = new AlertRouteEntity { Name = "", Position = Math.Min(1000, last + 1), IsEnabled = true };
        if (Apply(added, input, names) is { } invalid)
        {
            return invalid;
        }

        context.AlertRoutes.Add(added);
        return await SaveAsync(context, "add", added.Name, "", Describe(added), cancellationToken) is { } failure ? failure : View(added, names);
    }

    /// <summary>Failures: Forbidden, NotFound, Invalid, Conflict.</summary>
    public async Task<Outcome<AlertRouteView>> ChangeAsync(int id, AlertRouteInput input, string? revision, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        await using var context = await Contexts.CreateDbContextAsync(cancellationToken);
        if (await context.AlertRoutes.FirstOrDefaultAsync(known => known.Id == id, cancellationToken) is not { } row)
        {
            return Missing(id);
        }

        if (Check(row, revision) is { } conflict)
        {
            return conflict;
        }

        var names = await NamesAsync(context, cancellationToken);
        var before = Describe(row);
        return Apply(row, input, names) is { } invalid ? invalid
            : await SaveAsync(context, "change", row.Name, before, Describe(row), cancellationToken) is { } failure ? failure
            : View(row, names);
    }

    protected override string NameOf(AlertRouteEntity row) => row.Name;

    protected override long RevisionOf(AlertRouteEntity row) => row.Revision;

    protected override string Describe(AlertRouteEntity row) => AlertSentences.Of(AlertRows.ToRoute(row).Rule, id => string.Create(CultureInfo.InvariantCulture, $"channel {id}")) + (row.IsEnabled ? "" : " Off.");

    private static Task<Dictionary<int, string>> NamesAsync(DashboardContext context, CancellationToken cancellationToken) =>
        context.AlertChannels.ToDictionaryAsync(channel => channel.Id, channel => channel.Name, cancellationToken);

    private static Invalid? Apply(AlertRouteEntity row, AlertRouteInput input, Dictionary<int, string> channels)
    {
        var mistakes = new InputMistakes();
        var before = AlertRows.ToRoute(row).Rule;
        row.Name = (input.Name ?? row.Name).Trim();
        row.Position = input.Position ?? row.Position;
        row.IsEnabled = input.IsEnabled ?? row.IsEnabled;
        var rule = before with
        {
            Sites = input.Sites is { } sites ? [.. sites.Distinct()] : before.Sites,
            Tags = input.Tags is { } tags ? [.. tags.Distinct()] : before.Tags,
            Causes = input.Causes is { } causes ? [.. causes.Distinct()] : before.Causes,
            LeastSeverity = input.LeastSeverity ?? before.LeastSeverity,
            Hours = HoursOf(input, before.Hours, mistakes),
            Channels = input.Channels is { } told ? [.. told.Distinct()] : before.Channels,
            Stops = input.Stops ?? before.Stops,
            EscalationMinutes = input.EscalationMinutes is { } minutes ? (minutes == 0 ? null : minutes) : before.EscalationMinutes,
            EscalationChannels = input.EscalationChannels is { } others ? [.. others.Distinct()] : before.EscalationChannels,
            DigestMinutes = input.DigestMinutes ?? before.DigestMinutes,
        };
        mistakes.CheckName(row.Name);
        mistakes.CheckTexts("sites", rule.Sites, ServerInput.MaximumSiteLength, mayBeEmpty: true);
        mistakes.CheckTexts("tags", rule.Tags, ServerInput.MaximumSiteLength);
        mistakes.CheckTexts("causes", rule.Causes, MaximumCauseLength);
        CheckChannels("channels", rule.Channels, input.Channels is not null);
        CheckChannels("escalationChannels", rule.EscalationChannels, input.EscalationChannels is not null);
        if (rule.Channels.Count == 0)
        {
            mistakes.Refuse("channels", "The route tells nobody. Allowed: the id of at least one channel.");
        }

        if (rule is { EscalationMinutes: not null, EscalationChannels.Count: 0 })
        {
            mistakes.Refuse("escalationChannels", "The escalation tells nobody. Allowed: the id of at least one channel, or escalationMinutes 0.");
        }

        (row.Rule, row.Revision) = (AlertRows.ToJson(rule), NextRevision());
        return mistakes.Errors.Count > 0 ? Invalid.Of(mistakes.Errors) : null;

        void CheckChannels(string field, IReadOnlyCollection<int> ids, bool isGiven)
        {
            if (isGiven && (ids.Count > AlertLimits.MaximumEntries || ids.Any(id => !channels.ContainsKey(id))))
            {
                mistakes.Refuse(field, $"\"{field}\" names a channel that there isn't: {string.Join(", ", ids.Where(id => !channels.ContainsKey(id)).Take(5))}. Allowed: {(channels.Count == 0 ? "none; add a channel first" : string.Join(", ", channels.Keys.Order().Take(50)))}.");
            }
        }
    }

    private static AlertHours? HoursOf(AlertRouteInput input, AlertHours? before, InputMistakes mistakes)
    {
        var days = input.HourDays is { } given ? [.. given.Distinct()] : before?.Days ?? [];
        if (days.Count == 0)
        {
            return null;
        }

        var hours = new AlertHours(
            days,
            mistakes.ReadTime("hoursFrom", input.HoursFrom ?? AlertSentences.Time(before?.From ?? default)),
            mistakes.ReadTime("hoursTo", input.HoursTo ?? AlertSentences.Time(before?.To ?? default)),
            input.TimeZone ?? before?.TimeZone ?? "UTC");
        mistakes.CheckTimeZone(hours.TimeZone);
        return hours;
    }

    private static AlertRouteView View(AlertRouteEntity row, Dictionary<int, string> channels)
    {
        var rule = AlertRows.ToRoute(row).Rule;
        return new()
        {
            Id = row.Id,
            Name = row.Name,
            Position = row.Position,
            IsEnabled = row.IsEnabled,
            Sites = [.. rule.Sites],
            Tags = [.. rule.Tags],
            Causes = [.. rule.Causes],
            LeastSeverity = rule.LeastSeverity,
            HourDays = [.. rule.Hours?.Days ?? []],
            HoursFrom = rule.Hours is { } from ? AlertSentences.Time(from.From) : "",
            HoursTo = rule.Hours is { } to ? AlertSentences.Time(to.To) : "",
            TimeZone = rule.Hours?.TimeZone ?? "",
            Channels = [.. rule.Channels],
            Stops = rule.Stops,
            EscalationMinutes = rule.EscalationMinutes ?? 0,
            EscalationChannels = [.. rule.EscalationChannels],
            DigestMinutes = rule.DigestMinutes,
            Sentence = AlertSentences.Of(rule, id => channels.GetValueOrDefault(id, "a channel that was removed")),
            Revision = Text(row.Revision),
        };
    }
}
