using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>What people did to servers with single verbs of this dashboard, outside a repair: as the audit tells it.</summary>
internal static class PersonActionReader
{
    /// <summary>Those that were carried out, in the order of time; the newest where there are more.</summary>
    /// <param name="audit">The audit's database.</param>
    /// <param name="servers">Ids; null = all.</param>
    /// <param name="from">UTC.</param>
    /// <param name="to">UTC, exclusive.</param>
    /// <param name="most">Most that are read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<IReadOnlyList<ServerAction>> ReadAsync(IDbContextFactory<SecurityContext> audit, IReadOnlyCollection<int>? servers, DateTime from, DateTime to, int most, CancellationToken cancellationToken)
    {
        await using var context = await audit.CreateDbContextAsync(cancellationToken);
        var entries = context.AuditEntries.AsNoTracking()
            .Where(entry => entry.ServerId != null && entry.At >= from && entry.At < to && entry.Outcome == "done" && (entry.What.StartsWith("service.") || entry.What.StartsWith("pool.") || entry.What.StartsWith("sync.")));
        if (servers is not null)
        {
            entries = entries.Where(entry => servers.Contains(entry.ServerId!.Value));
        }

        var rows = await entries
            .OrderByDescending(entry => entry.Sequence)
            .Take(most)
            .Select(entry => new { entry.ServerId, entry.At, entry.Who, entry.What, entry.Detail, entry.Ticket })
            .ToListAsync(cancellationToken);
        rows.Reverse();
        return rows.ConvertAll(row => ToAction(row.ServerId!.Value, row.At.ToOffset(), row.Who, row.What, row.Detail, row.Ticket));
    }

    private static ServerAction ToAction(int serverId, DateTimeOffset at, string who, string what, string detail, string ticket)
    {
        var (subject, reason) = Purpose.Split(AuditIntent.WithoutReference(detail));
        return new(serverId, new(at, who, what, subject, reason.Length > 0 ? reason : ticket));
    }
}

/// <summary>An action on one server.</summary>
public sealed record ServerAction(int ServerId, PersonAction Action);
