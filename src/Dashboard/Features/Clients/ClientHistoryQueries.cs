using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Probing;

namespace WsusDashboard.Dashboard.Features.Clients;

/// <summary>How WSUS of one server answered clients.</summary>
internal sealed class ClientHistoryQueries(IDbContextFactory<DashboardContext> contexts, DashboardOptions options, TimeProvider timeProvider, Caller caller)
{
    /// <summary>Most changes of one answer.</summary>
    public const int MaximumChanges = 1_000;

    private static readonly string[] Subjects = [.. ClientEndpoints.All.Select(StateSubjects.Client), .. ClientEndpoints.All.Select(StateSubjects.Outside)];

    private static readonly Dictionary<ClientEndpoint, int> Places = ClientEndpoints.All.Index().ToDictionary(entry => entry.Item, entry => entry.Index);

    /// <param name="serverId">The server.</param>
    /// <param name="from">UTC.</param>
    /// <param name="to">UTC, exclusive.</param>
    /// <param name="points">Most points, 1 to <see cref="TimelineQueries.MaximumPoints"/>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>NotFound where there is no such server, or the caller may not see it.</returns>
    public async Task<Outcome<ClientHistory>> GetAsync(int serverId, DateTimeOffset from, DateTimeOffset to, int points, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await TimelineQueries.FindAsync(context, caller, serverId, cancellationToken) is not { } server)
        {
            return new NotFound($"There is no server {serverId}.");
        }

        var samples = new SampleReader(context, options, timeProvider.GetUtcNow());
        var wanted = Math.Clamp(points, 1, TimelineQueries.MaximumPoints);
        var grain = samples.GrainFor(from, to, wanted);
        return new ClientHistory
        {
            ServerId = serverId,
            ServerName = server.Name,
            From = from,
            To = to,
            Points = [.. (await samples.ReadMergedAsync(serverId, grain, from, to, wanted, cancellationToken)).Select(merged => ToPoint(merged.At, merged.Length, merged.Span))],
            Grain = grain,
            Changes = await ReadChangesAsync(context, serverId, from.UtcDateTime, to.UtcDateTime, cancellationToken),
        };
    }

    private static async Task<List<TimelineChange>> ReadChangesAsync(DashboardContext context, int serverId, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        var rows = await context.StateChanges.AsNoTracking()
            .Where(change => change.ServerId == serverId && change.At >= from && change.At < to && Subjects.Contains(change.Subject))
            .OrderByDescending(change => change.At)
            .ThenByDescending(change => change.Id)
            .Take(MaximumChanges)
            .ToListAsync(cancellationToken);
        rows.Reverse();
        return rows.ConvertAll(change =>
        {
            var (kind, subject) = ChangeSubjects.Split(change.Subject);
            return new TimelineChange(change.At.ToOffset(), kind, subject, change.From, change.To, change.Detail, null);
        });
    }

    private static ClientPoint ToPoint(DateTimeOffset at, TimeSpan length, SampleSpan span)
    {
        return new(at, length, span.Samples, Of(ClientEndpoint.ClientWebService), Of(ClientEndpoint.SimpleAuthWebService), Of(ClientEndpoint.Content), Of(ClientEndpoint.ReportingWebService), Of(ClientEndpoint.ApiRemoting30), span.ClientMaximum, span.ClientFailing);

        long? Of(ClientEndpoint endpoint) => span.ClientMilliseconds.Count == 0 ? null : span.ClientMilliseconds[Places[endpoint]];
    }
}
