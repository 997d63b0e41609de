using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Alerts;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>The maintenance windows: times in which nothing alerts.</summary>
internal sealed class MaintenanceWindowService(IDbContextFactory<DashboardContext> contexts, AuditTrail audit, TimeProvider timeProvider) : AlertRowService<MaintenanceWindowEntity>(contexts, audit)
{
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(366);

    protected override string Noun => "window";

    /// <summary>By name. Failures: Forbidden.</summary>
    public async Task<Outcome<IReadOnlyList<MaintenanceWindowView>>> ListAsync(CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        await using var context = await Contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.MaintenanceWindows.AsNoTracking().OrderBy(row => row.Name).Take(AlertLimits.MaximumRows).ToListAsync(cancellationToken);
        return rows.ConvertAll(View);
    }

    /// <summary>Failures: Forbidden, Invalid, Conflict (the name is taken; too many).</summary>
    public async Task<Outcome<MaintenanceWindowView>> AddAsync(MaintenanceWindowInput input, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        await using var context = await Contexts.CreateDbContextAsync(cancellationToken);
        if (await context.MaintenanceWindows.CountAsync(cancellationToken) >= AlertLimits.MaximumRows)
        {
            return new Conflict($"There are {AlertLimits.MaximumRows} windows already. Remove one first.");
        }

        var row = new MaintenanceWindowEntity { Name = "", Rule = AlertRows.ToJson(new WindowRule { From = DateOnly.FromDateTime(timeProvider.GetUtcNow().UtcDateTime) }) };
        if (Apply(row, input) is { } invalid)
        {
            return invalid;
        }

        context.MaintenanceWindows.Add(row);
        return await SaveAsync(context, "add", row.Name, "", Describe(row), cancellationToken) is { } failure ? failure : View(row);
    }

    /// <summary>Failures: Forbidden, NotFound, Invalid, Conflict.</summary>
    public async Task<Outcome<MaintenanceWindowView>> ChangeAsync(int id, MaintenanceWindowInput input, string? revision, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        await using var context = await Contexts.CreateDbContextAsync(cancellationToken);
        if (await context.MaintenanceWindows.FirstOrDefaultAsync(known => known.Id == id, cancellationToken) is not { } row)
        {
            return Missing(id);
        }

        if (Check(row, revision) is { } conflict)
        {
            return conflict;
        }

        var before = Describe(row);
        return Apply(row, input) is { } invalid ? invalid
            : await SaveAsync(context, "change", row.Name, before, Describe(row), cancellationToken) is { } failure ? failure
            : View(row);
    }

    protected override string NameOf(MaintenanceWindowEntity row) => row.Name;

    protected override long RevisionOf(MaintenanceWindowEntity row) => row.Revision;

    protected override string Describe(MaintenanceWindowEntity row) => AlertSentences.Of(AlertRows.ToWindow(row).Rule);

    private static Invalid? Apply(MaintenanceWindowEntity row, MaintenanceWindowInput input)
    {
        var mistakes = new InputMistakes();
        var before = AlertRows.ToWindow(row).Rule;
        row.Name = (input.Name ?? row.Name).Trim();
        var rule = before with
        {
            Sites = input.Sites is { } sites ? [.. sites.Distinct()] : before.Sites,
            Cycle = input.Cycle ?? before.Cycle,
            From = input.From ?? before.From,
            Until = input.Until is { } until ? (until.Year >= CalendarYears.Last ? null : until) : before.Until,
            At = mistakes.ReadTime("at", input.At ?? AlertSentences.Time(before.At)),
            Minutes = input.Minutes ?? before.Minutes,
            Days = input.Days is { } days ? [.. days.Distinct()] : before.Days,
            Ordinal = input.Ordinal ?? before.Ordinal,
            DaysAfter = input.DaysAfter ?? before.DaysAfter,
            TimeZone = input.TimeZone?.Trim() ?? before.TimeZone,
        };
        mistakes.CheckName(row.Name);
        mistakes.CheckTexts("sites", rule.Sites, ServerInput.MaximumSiteLength, mayBeEmpty: true);
        mistakes.CheckTimeZone(rule.TimeZone);
        if (rule.Minutes == 0)
        {
            mistakes.Refuse("minutes", $"\"minutes\" is missing. Allowed: 1 to {AlertLimits.MaximumWindowMinutes}.");
        }

        if (rule.Cycle == WindowCycle.Weekly && rule.Days.Count == 0)
        {
            mistakes.Refuse("days", "The window has no days. Allowed: at least one day of the week.");
        }

        if (rule.Cycle == WindowCycle.Monthly && rule.Days.Count != 1)
        {
            mistakes.Refuse("days", $"The window has {rule.Days.Count} days. Allowed for monthly: one day of the week.");
        }

        if (rule is { Cycle: WindowCycle.Monthly, Ordinal: 0 })
        {
            mistakes.Refuse("ordinal", "\"ordinal\" is missing. Allowed: 1 to 5, or -1 for the last.");
        }

        if (rule.Until < rule.From)
        {
            mistakes.Refuse("until", "\"until\" is before \"from\". Allowed: that day or a later one.");
        }

        (row.Rule, row.Revision) = (AlertRows.ToJson(rule), NextRevision());
        return mistakes.Errors.Count > 0 ? Invalid.Of(mistakes.Errors) : null;
    }

    private MaintenanceWindowView View(MaintenanceWindowEntity row)
    {
        var now = timeProvider.GetUtcNow();
        var window = AlertRows.ToWindow(row);
        var rule = window.Rule;
        var current = window.FindAt(now);
        var next = current ?? (window.Between(now, now + Ahead) is [var first, ..] ? first : null);
        return new()
        {
            Id = row.Id,
            Name = row.Name,
            Sites = [.. rule.Sites],
            Cycle = rule.Cycle,
            From = rule.From,
            Until = rule.Until,
            At = AlertSentences.Time(rule.At),
            Minutes = rule.Minutes,
            Days = [.. rule.Days],
            Ordinal = rule.Ordinal,
            DaysAfter = rule.DaysAfter,
            TimeZone = rule.TimeZone,
            Sentence = AlertSentences.Of(rule),
            IsOn = current is not null,
            NextFrom = next?.From,
            NextTo = next?.To,
            Revision = Text(row.Revision),
        };
    }
}
