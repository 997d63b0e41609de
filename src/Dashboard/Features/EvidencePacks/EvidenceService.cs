using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Audit;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Reports;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Reports;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.EvidencePacks;

/// <summary>A pack, ready to be downloaded.</summary>
internal sealed record FinishedEvidence(string FileName, byte[] Zip);

/// <summary>Makes evidence packs: of one repair, and of a month. They hold a part of the audit, so they are for those who may read it.</summary>
internal sealed class EvidenceService(
    IDbContextFactory<SecurityContext> contexts,
    RepairService repairs,
    RepairEffectQueries effects,
    ReportReader reports,
    VisibleServers servers,
    EvidenceSeal seal,
    HubIdentity identity,
    DashboardOptions options,
    AuditTrail audit,
    TimeProvider timeProvider)
{
    /// <summary>Most entries of the audit in a pack, and between them.</summary>
    public const int MaximumEntries = 50_000;

    /// <summary>Clocks of servers differ from this one's, and what was asked for stands before what was done.</summary>
    private static readonly TimeSpan Around = TimeSpan.FromMinutes(15);

    /// <summary>Failures: NotFound, Forbidden, Conflict (it goes on).</summary>
    public async Task<Outcome<FinishedEvidence>> OfRepairAsync(string repairId, CancellationToken cancellationToken)
    {
        var missing = $"There is no repair {PlainText.Cut(PlainText.Replace(repairId), 100)}.";
        if (await repairs.GetAsync(repairId, cancellationToken) is not { } detail)
        {
            return new NotFound(missing);
        }

        if (audit.Caller.Refusal(Permission.ReadAudit, detail.Site, missing) is { } refusal)
        {
            return refusal;
        }

        if (detail.Repair.EndedAt is not { } endedAt)
        {
            return new Conflict($"The repair of {detail.ServerName} hasn't ended. Ask for its evidence once it has.", repairId);
        }

        var (from, to) = ((detail.Repair.StartedAt - Around).UtcDateTime, (endedAt + Around).UtcDateTime);
        if (await ReadAuditAsync(rows => rows.Where(row => row.ServerId == detail.ServerId && row.At >= from && row.At <= to), cancellationToken) is not { } extract)
        {
            return TooMany();
        }

        var effect = await effects.GetAsync(detail.ServerId, repairId, cancellationToken);
        var content = JsonSerializer.SerializeToUtf8Bytes(new RepairEvidence(detail, effect), JsonColumn.Json);
        return await PackAsync($"repair {repairId} on {detail.ServerName}", "repair", detail.Site, detail.ServerId, detail.ServerName, EvidenceDocuments.OfRepair(detail, effect, extract), content, extract);
    }

    /// <param name="month">Any day of it.</param>
    /// <param name="site">Null = the whole fleet.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<Outcome<FinishedEvidence>> OfMonthAsync(DateOnly month, string? site, CancellationToken cancellationToken)
    {
        if (Refusal(site) is { } refusal)
        {
            return refusal;
        }

        var zone = TimeZones.Find(options.Reports.TimeZone) ?? TimeZoneInfo.Utc;
        var first = new DateOnly(month.Year, month.Month, 1);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(timeProvider.GetUtcNow(), zone).DateTime);
        if (first > today)
        {
            return Invalid.Of("month", string.Create(CultureInfo.InvariantCulture, $"month is {first:yyyy-MM}. Allowed: this month or an earlier one."));
        }

        var last = first.AddMonths(1).AddDays(-1);
        var range = new HistoryRange(first, last < today ? last : today, zone);
        var calendar = range.ToCalendar();
        var (from, to) = (calendar.From.UtcDateTime, calendar.To.UtcDateTime);
        if (await ReadAuditAsync(rows => site is null ? rows.Where(row => row.At >= from && row.At < to) : rows.Where(row => row.ServerId != null && row.Site == site && row.At >= from && row.At < to), cancellationToken) is not { } extract)
        {
            return TooMany();
        }

        var content = await reports.ReadAsync(new(ReportKind.Requested, site, range), cancellationToken);
        var whose = ReportDocuments.Whose(site);
        return await PackAsync(string.Create(CultureInfo.InvariantCulture, $"{first:yyyy-MM} of {whose}"), string.Create(CultureInfo.InvariantCulture, $"{first:yyyy-MM}"), site ?? "", null, "", EvidenceDocuments.OfMonth(content, extract), JsonSerializer.SerializeToUtf8Bytes(content, JsonColumn.Json), extract);
    }

    private Failure? Refusal(string? site)
    {
        if (site is null)
        {
            return audit.Caller.ScopeOf(Permission.ReadAudit).IsWholeFleet ? null : new Forbidden("Evidence of the whole fleet needs the role Admin for the whole fleet. Nothing was made. Ask for one of your sites.");
        }

        var missing = $"There is no server in site \"{PlainText.Replace(site)}\".";
        return audit.Caller.Refusal(Permission.ReadAudit, site, missing) ?? (servers.GetAll().Any(server => server.Site == site) ? null : new NotFound(missing));
    }

    private async Task<Outcome<FinishedEvidence>> PackAsync(string subject, string name, string site, int? serverId, string serverName, ReportDocument document, byte[] content, AuditExtract extract)
    {
        var now = timeProvider.GetUtcNow();
        var manifest = new EvidenceManifest { Subject = subject, MadeAt = now, MadeBy = audit.Caller.Name, DashboardId = identity.Id };
        var zip = EvidenceWriter.Pack(manifest, seal, (EvidenceFiles.Pdf, ReportPdf.Write(document)), (EvidenceFiles.Json, content), (EvidenceFiles.Audit, JsonSerializer.SerializeToUtf8Bytes(extract, JsonColumn.Json)));
        await audit.WriteAsync(new() { What = "evidence.make", ServerId = serverId, ServerName = serverName, Site = site, Detail = $"{subject}, {Wording.Count(extract.Entries.Count, "audit entry", "audit entries")}", Outcome = "done" });
        return new FinishedEvidence(string.Create(CultureInfo.InvariantCulture, $"wsus-evidence-{name}-{now.UtcDateTime:yyyyMMdd-HHmmss}.zip"), zip);
    }

    /// <summary>Null where there are more than a pack takes.</summary>
    private async Task<AuditExtract?> ReadAuditAsync(Func<IQueryable<AuditEntry>, IQueryable<AuditEntry>> choose, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var entries = await choose(context.AuditEntries.AsNoTracking()).OrderBy(row => row.Sequence).Take(MaximumEntries + 1).ToListAsync(cancellationToken);
        if (entries.Count == 0)
        {
            return new([], []);
        }

        var (first, last) = (entries[0].Sequence, entries[^1].Sequence);
        if (entries.Count > MaximumEntries || last - first >= MaximumEntries)
        {
            return null;
        }

        var known = entries.Select(row => row.Sequence).ToHashSet();
        var between = await context.AuditEntries.AsNoTracking().Where(row => row.Sequence > first && row.Sequence < last).OrderBy(row => row.Sequence).Select(row => new { row.Sequence, row.Hash }).ToListAsync(cancellationToken);
        return new([.. entries.Select(AuditService.ToRow)], [.. between.Where(row => !known.Contains(row.Sequence)).Select(row => new AuditLink(row.Sequence, Convert.ToHexStringLower(row.Hash)))]);
    }

    private static Conflict TooMany() => new($"The audit has more than {Wording.Number(MaximumEntries)} entries in this time. Nothing was made. Ask for a site, or export the audit as a file.");
}

/// <summary>What evidence.json of a repair holds.</summary>
/// <param name="Effect">Before and after; null where nothing can be compared yet.</param>
public sealed record RepairEvidence(RepairDetail Repair, RepairEffect? Effect);
