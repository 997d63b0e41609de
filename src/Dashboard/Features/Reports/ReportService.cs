using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Reports;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Reports;

/// <summary>A report in a list.</summary>
/// <param name="Site">Null = the whole fleet.</param>
/// <param name="MadeBy">Empty where the schedule made it.</param>
/// <param name="Sha256">Of its content; lower-case hexadecimal.</param>
public sealed record ReportRow(long Id, ReportKind Kind, string? Site, DateOnly First, DateOnly Last, DateTimeOffset MadeAt, string MadeBy, string Sentence, string Sha256);

/// <summary>A report with all that it says.</summary>
public sealed record ReportDetail(ReportRow Row, string FileName, ReportContent Content, ReportDocument Document);

/// <summary>Which reports a list shows; newest first.</summary>
public sealed record ReportQuery
{
    public const int MaximumPageSize = 200;

    public ReportKind? Kind { get; init; }

    /// <summary>Null = all.</summary>
    public string? Site { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>1 to 200.</summary>
    public int PageSize { get; init; } = 50;
}

/// <summary>Reports of what the caller may see, and new ones.</summary>
internal sealed class ReportService(IDbContextFactory<DashboardContext> contexts, ReportStore store, ReportReader reader, VisibleServers servers, DashboardOptions options, AuditTrail audit, StorageHealth health, TimeProvider timeProvider)
{
    /// <summary>The longest period that somebody can ask for.</summary>
    public const int MaximumDays = 366;

    /// <summary>Each is kept for years, and one of a large fleet takes a megabyte.</summary>
    public const int MostOfADay = 200;

    public async Task<Paged<ReportRow>> GetPageAsync(ReportQuery query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = ReportStore.Within(context.Reports.AsNoTracking(), audit.Caller.ScopeOf(Permission.View));
        if (query.Kind is { } kind)
        {
            rows = rows.Where(row => row.Kind == kind);
        }

        if (query.Site is { } site)
        {
            rows = rows.Where(row => row.Site == site);
        }

        var size = Math.Clamp(query.PageSize, 1, ReportQuery.MaximumPageSize);
        var total = await rows.CountAsync(cancellationToken);
        var page = Math.Clamp(query.Page, 1, Math.Max(1, (total + size - 1) / size));
        var found = await rows.OrderByDescending(row => row.MadeAt).ThenByDescending(row => row.Id).Skip((page - 1) * size).Take(size)
            .Select(row => new { row.Id, row.Kind, row.Site, row.First, row.Last, row.MadeAt, row.MadeBy, row.Sentence, row.Sha256 })
            .ToListAsync(cancellationToken);
        return new([.. found.Select(row => new ReportRow(row.Id, row.Kind, row.Site, row.First, row.Last, row.MadeAt.ToOffset(), row.MadeBy, row.Sentence, row.Sha256))], total, page, size);
    }

    /// <summary>Null where there is none that the caller may see, or it can't be read any more.</summary>
    public async Task<ReportDetail?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await ReportStore.Within(context.Reports.AsNoTracking(), audit.Caller.ScopeOf(Permission.View)).FirstOrDefaultAsync(row => row.Id == id, cancellationToken) is { } row && ReportStore.Read(row) is { } content
            ? ToDetail(row, content)
            : null;
    }

    /// <summary>Makes one now, of so many days up to today. Failures: Invalid, NotFound (a site without servers that the caller may see), Forbidden, Conflict (too many today), Unavailable (database).</summary>
    public async Task<Outcome<ReportDetail>> MakeAsync(string? site, int days, CancellationToken cancellationToken)
    {
        if (days is < 1 or > MaximumDays)
        {
            return Invalid.Of("days", string.Create(CultureInfo.InvariantCulture, $"days is {days}. Allowed: 1 to {MaximumDays}."));
        }

        if (Refusal(site) is { } refusal)
        {
            return refusal;
        }

        var zone = TimeZones.Find(options.Reports.TimeZone) ?? TimeZoneInfo.Utc;
        try
        {
            if (await store.CountRequestedAsync(timeProvider.GetUtcNow().AddDays(-1), cancellationToken) >= MostOfADay)
            {
                return new Conflict($"{MostOfADay} reports were asked for within a day, and more aren't made. Nothing was made. Use one of those, or ask again tomorrow.");
            }

            var content = await reader.ReadAsync(new(ReportKind.Requested, site, HistoryRange.LastDays(days, timeProvider.GetUtcNow(), zone)), cancellationToken);
            var row = await store.AddAsync(content, audit.Caller.Name, cancellationToken);
            await audit.WriteAsync(new() { What = "report.make", Site = site ?? "", Detail = string.Create(CultureInfo.InvariantCulture, $"report {row.Id}: {ReportDocuments.Whose(site)}, {content.First:yyyy-MM-dd} to {content.Last:yyyy-MM-dd}"), After = row.Sha256, Outcome = "done" });
            return ToDetail(row, content);
        }
        catch (Exception exception) when (StorageFault.Of(exception) is var problem && problem != StorageProblem.None)
        {
            health.ReportFailure(problem);
            return new Unavailable($"The report wasn't made. {health.Current.Message}");
        }
    }

    /// <summary>Sites that the caller can have a report of.</summary>
    public IReadOnlyList<string> GetSites() => [.. servers.GetAll().Where(server => audit.Caller.May(Permission.Operate, server.Site)).Select(server => server.Site).Distinct(StringComparer.Ordinal).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Whether the caller can have a report of the whole fleet.</summary>
    public bool MayMakeOfFleet => audit.Caller.ScopeOf(Permission.Operate).IsWholeFleet;

    private Failure? Refusal(string? site)
    {
        if (site is null)
        {
            return MayMakeOfFleet ? null : new Forbidden("A report of the whole fleet needs the role Operator for the whole fleet. Nothing was made. Ask for one of your sites.");
        }

        var missing = $"There is no server in site \"{site}\".";
        return audit.Caller.Refusal(Permission.Operate, site, missing) ?? (servers.GetAll().Any(server => server.Site == site) ? null : new NotFound(missing));
    }

    private static ReportDetail ToDetail(ReportEntity row, ReportContent content) => new(
        new(row.Id, row.Kind, row.Site, row.First, row.Last, row.MadeAt.ToOffset(), row.MadeBy, row.Sentence, row.Sha256), ReportStore.FileNameOf(row), content, ReportDocuments.Of(row.Id, content));
}
