using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Reports;

namespace WsusDashboard.Dashboard.Features.Reports;

/// <summary>The rows of reports.</summary>
internal sealed class ReportStore(IDbContextFactory<DashboardContext> contexts)
{
    public async Task<ReportEntity> AddAsync(ReportContent content, string madeBy, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(content, JsonColumn.Json);
        var row = new ReportEntity
        {
            Kind = content.Kind,
            Site = content.Site,
            First = content.First,
            Last = content.Last,
            MadeAt = content.MadeAt.UtcDateTime,
            MadeBy = madeBy,
            Sentence = content.Sentence,
            Sha256 = HashOf(json),
            Content = json,
        };
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Reports.Add(row);
        await context.SaveChangesAsync(cancellationToken);
        return row;
    }

    /// <summary>How many people asked for since a moment.</summary>
    public async Task<int> CountRequestedAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var from = since.UtcDateTime;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Reports.CountAsync(row => row.Kind == ReportKind.Requested && row.MadeAt >= from, cancellationToken);
    }

    /// <summary>The sites that have the report of this period; null among them stands for the whole fleet.</summary>
    public async Task<IReadOnlyList<string?>> ReadMadeAsync(ReportKind kind, DateOnly first, DateOnly last, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Reports.Where(row => row.Kind == kind && row.First == first && row.Last == last).Select(row => row.Site).ToListAsync(cancellationToken);
    }

    /// <summary>A report of the whole fleet is for those who may see all of it.</summary>
    public static IQueryable<ReportEntity> Within(IQueryable<ReportEntity> rows, SiteScope scope)
    {
        var sites = scope.Sites;
        return scope.IsWholeFleet ? rows : rows.Where(row => row.Site != null && sites.Contains(row.Site));
    }

    /// <summary>Null where it isn't what was kept, or another version wrote it.</summary>
    public static ReportContent? Read(ReportEntity row) => HashOf(row.Content) == row.Sha256 ? JsonColumn.Read<ReportContent?>(row.Content, null) : null;

    /// <summary>Safe in every file system: the site is no part of it where it has other signs than letters, digits and hyphens.</summary>
    public static string FileNameOf(ReportEntity row)
    {
        var whose = row.Site is null ? "fleet" : row.Site.Length > 0 && row.Site.All(sign => char.IsAsciiLetterOrDigit(sign) || sign == '-') ? row.Site : "site";
        return string.Create(CultureInfo.InvariantCulture, $"wsus-report-{row.Id}-{whose}-{row.First:yyyy-MM-dd}");
    }

    public static async Task<FinishedReport> FinishAsync(ReportEntity row, ReportContent content) =>
        new(row.Id, row.Site, FileNameOf(row), ReportDocuments.Of(row.Id, content), await ReportCsv.Of(FileNameOf(row), content).ToBytesAsync());

    private static string HashOf(string json) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
}
