using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>What people did to servers with single verbs of this dashboard, outside a repair: as the audit tells it.</summary>
internal static class PersonActions
{
    private static readonly TimeSpan BeforeAnswer = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(45);

    /// <summary>Those that were carried out, in the order of time; the newest where there are more than the timeline shows.</summary>
    /// <param name="contexts">The audit's database.</param>
    /// <param name="servers">Ids; what the caller may see.</param>
    /// <param name="from">UTC.</param>
    /// <param name="to">UTC, exclusive.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<IReadOnlyList<ServerAction>> ReadAsync(IDbContextFactory<SecurityContext> contexts, IReadOnlyCollection<int> servers, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.AuditEntries.AsNoTracking()
            .Where(entry => entry.ServerId != null && servers.Contains(entry.ServerId.Value) && entry.At >= from && entry.At < to && entry.Outcome == "done"
                && (entry.What.StartsWith("service.") || entry.What.StartsWith("pool.") || entry.What.StartsWith("sync.")))
            .OrderByDescending(entry => entry.Sequence)
            .Take(TimelineQueries.MaximumEntries)
            .Select(entry => new { entry.ServerId, entry.At, entry.Who, entry.What, entry.Detail, entry.Ticket })
            .ToListAsync(cancellationToken);
        rows.Reverse();
        return rows.ConvertAll(row => new ServerAction(row.ServerId!.Value, new(row.At.ToOffset(), row.Who, row.What, Purpose.SubjectOf(row.Detail), row.Ticket)));
    }

    /// <summary>True where an action brought a pool or a service into a state. The audit has the moment of the answer, which may come minutes after the state.</summary>
    public static bool IsBehind(PersonAction action, ChangeKind kind, string subject, DateTimeOffset at) =>
        action.What.StartsWith(kind == ChangeKind.Pool ? "pool." : "service.", StringComparison.Ordinal)
        && string.Equals(action.Subject, subject, StringComparison.OrdinalIgnoreCase)
        && at >= action.At - BeforeAnswer && at <= action.At + SeenWithin;
}

/// <summary>An action on one server.</summary>
public sealed record ServerAction(int ServerId, PersonAction Action);
