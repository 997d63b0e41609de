using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Agents.Outbound;

/// <summary>
/// Keys that this dashboard doesn't know. Where dashboards share the fleet, another one may have taken the server up a moment ago: the database decides who is a stranger, and who writes it down. Some are looked up at
/// a time; the others are told to come again. Threading: any thread.
/// </summary>
internal sealed class StrangerAgents(IDbContextFactory<DashboardContext> contexts, OutboundAgents agents, IOwnership ownership, DashboardOptions options) : IDisposable
{
    private const int AtOnce = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _places = new(AtOnce, AtOnce);

    /// <summary>What an agent with this key is answered, after a look into the database.</summary>
    public async Task<OutboundAnswer> LookAsync(string pin)
    {
        if (!ownership.IsShared)
        {
            return agents.AnswerTo(pin);
        }

        if (!ownership.IsConfirmed || !await _places.WaitAsync(TimeSpan.Zero))
        {
            return OutboundAnswer.NotReady;
        }

        try
        {
            using var limit = new CancellationTokenSource(Limit);
            await using var context = await contexts.CreateDbContextAsync(limit.Token);
            if (await context.Servers.AsNoTracking().FirstOrDefaultAsync(server => server.AgentPin == pin || server.NextAgentPin == pin, limit.Token) is { } known)
            {
                agents.Follow(ServerIdentity.Of(known, options));
            }
            else if (await context.Admissions.AnyAsync(admission => admission.AgentPin == pin, limit.Token))
            {
                agents.ExpectWaiting(pin);
            }

            return agents.AnswerTo(pin);
        }
        catch (Exception exception) when (exception is OperationCanceledException || StorageFault.Of(exception) != StorageProblem.None)
        {
            return OutboundAnswer.NotReady;
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>True for one of the dashboards, once an hour.</summary>
    public async Task<bool> IsMineToTellAsync(string pin)
    {
        if (!ownership.IsShared)
        {
            return true;
        }

        try
        {
            using var limit = new CancellationTokenSource(Limit);
            await using var context = await contexts.CreateDbContextAsync(limit.Token);
            await context.Database.ExecuteSqlAsync($"""DELETE FROM "AgentStrangers" WHERE "ToldAt" < now() - interval '1 day'""", limit.Token);
            return await context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO "AgentStrangers" ("Pin", "ToldAt") VALUES ({pin}, now())
                    ON CONFLICT ("Pin") DO UPDATE SET "ToldAt" = now() WHERE "AgentStrangers"."ToldAt" < now() - interval '1 hour'
                """,
                limit.Token) == 1;
        }
        catch (Exception exception) when (exception is OperationCanceledException || StorageFault.Of(exception) != StorageProblem.None)
        {
            // Nothing can be written down at present; it asks again.
            return false;
        }
    }

    public void Dispose() => _places.Dispose();
}
