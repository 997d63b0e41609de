using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>Names the servers that have not answered for longer than the options allow, once for each silence, and has every server assessed again.</summary>
internal sealed class StaleServerJob(IDbContextFactory<DashboardContext> contexts, FleetIngest ingest, DashboardOptions options, TimeProvider timeProvider) : IJob
{
    private const string Subject = "contact";
    private const int MaximumNamed = 20;

    public string Name => "stale-servers";

    public string Schedule => "*/15 * * * *";

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var limit = now.AddHours(-options.Jobs.StaleServerHours);
        foreach (var state in ingest.GetAll())
        {
            ingest.MarkDirty(state.Id);
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stale = await context.Servers
            .Where(server => (server.LastContactAt ?? server.AddedAt) < limit)
            .OrderBy(server => server.NameKey)
            .Select(server => new
            {
                server.Id,
                server.Name,
                Since = server.LastContactAt ?? server.AddedAt,
                IsNamed = context.StateChanges.Any(change => change.ServerId == server.Id && change.Subject == Subject && change.At >= (server.LastContactAt ?? server.AddedAt)),
            })
            .ToListAsync(cancellationToken);
        context.StateChanges.AddRange(stale.Where(server => !server.IsNamed).Select(server => new StateChangeEntity
        {
            ServerId = server.Id,
            At = now,
            Subject = Subject,
            To = "stale",
            Detail = string.Create(CultureInfo.InvariantCulture, $"No answer since {server.Since:yyyy-MM-dd HH:mm} UTC, more than {options.Jobs.StaleServerHours} hours ago."),
        }));
        await context.SaveChangesAsync(cancellationToken);
        return stale.Count == 0
            ? "Every server has answered recently."
            : string.Create(CultureInfo.InvariantCulture, $"{stale.Count} servers haven't answered for {options.Jobs.StaleServerHours} hours: {string.Join(", ", stale.Take(MaximumNamed).Select(server => server.Name))}{(stale.Count > MaximumNamed ? " …" : "")}.");
    }
}
