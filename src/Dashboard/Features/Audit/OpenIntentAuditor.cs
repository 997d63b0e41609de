using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Features.Audit;

/// <summary>
/// Gives an outcome to the commands whose dashboard was ended between the intent and the answer. What the agent's journal tells of a repair is the outcome;
/// else it's unknown, and says where to look. Where several dashboards share the fleet, one of them looks all the time: an intent is another's that waits for its answer, until it is open for longer than any
/// command lasts. Threading: one loop.
/// </summary>
internal sealed partial class OpenIntentAuditor(
    AuditLog log,
    IDbContextFactory<SecurityContext> security,
    DatabaseInitializer database,
    LiveFleet live,
    IServiceProvider services,
    IOwnership ownership,
    LinkTiming timing,
    TimeProvider timeProvider,
    ILogger<OpenIntentAuditor> logger) : BackgroundService
{
    /// <summary>So many of the newest entries are looked through: by number, not by time, which a clock may have wrong.</summary>
    private const int LookedThrough = 50_000;

    /// <summary>Stands for the newest repair, where an agent is asked for one.</summary>
    private const string Latest = "latest";

    private const string Unknown = "unknown: the dashboard ended before the answer";
    private const string Journal = "as the agent's journal says";

    /// <summary>Servers that answer later than this aren't asked any more.</summary>
    private static readonly TimeSpan WaitForServers = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    /// <summary>An answer that came at the last moment is written down by then.</summary>
    private static readonly TimeSpan WriteDown = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            await live.WhenLoaded.WaitAsync(stoppingToken);
            if (ownership.IsShared)
            {
                await LookOnAsync(stoppingToken);
            }
            else
            {
                // What this program has sent meanwhile has somebody who waits for its answer.
                await CloseAsync([.. (await FindOpenAsync(new(), stoppingToken)).Where(entry => entry.Sequence < log.First)], stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is open is closed by the next start.
        }
        catch (Exception exception)
        {
            Log.NotClosed(logger, exception);
        }
    }

    /// <summary>By a clock that nobody sets: how long an intent has been seen open here, not when it was written elsewhere.</summary>
    private async Task LookOnAsync(CancellationToken cancellationToken)
    {
        var seen = new Dictionary<long, long>();
        var intents = new OpenIntents();
        while (true)
        {
            await ownership.WhenOwnedAsync(owned => owned.OwnsFleet, cancellationToken);
            await ownership.WhenConfirmedAsync(cancellationToken);
            try
            {
                var open = await FindOpenAsync(intents, cancellationToken);
                seen = open.ToDictionary(entry => entry.Sequence, entry => seen.TryGetValue(entry.Sequence, out var since) ? since : timeProvider.GetTimestamp());
                await CloseAsync([.. open.Where(entry => timeProvider.GetElapsedTime(seen[entry.Sequence]) > timing.Command + WriteDown)], cancellationToken);
            }
            catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
            {
                Log.NotClosed(logger, exception);
            }

            await Task.Delay(LookEvery, timeProvider, cancellationToken);
        }
    }

    private async Task CloseAsync(IReadOnlyList<AuditEntry> open, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(WaitForServers, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        foreach (var intent in open)
        {
            var outcome = await ResolveAsync(intent, either.Token);
            cancellationToken.ThrowIfCancellationRequested();
            if (!ownership.Owned.OwnsFleet || !ownership.IsConfirmed)
            {
                // Another dashboard writes it down.
                return;
            }

            await CloseAsync(intent, outcome);
        }
    }

    /// <summary>Oldest first.</summary>
    /// <param name="intents">What was read before: entries are only ever added, each with the next number, so only newer ones are read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    private async Task<IReadOnlyList<AuditEntry>> FindOpenAsync(OpenIntents intents, CancellationToken cancellationToken)
    {
        await using var context = await security.CreateDbContextAsync(cancellationToken);
        var last = await context.AuditEntries.MaxAsync(entry => (long?)entry.Sequence, cancellationToken) ?? 0;
        var after = Math.Max(intents.ReadTo, last - LookedThrough);
        await foreach (var entry in context.AuditEntries.AsNoTracking().Where(entry => entry.Sequence > after).OrderBy(entry => entry.Sequence).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            intents.Take(entry);
        }

        return [.. intents.Open.Values];
    }

    /// <summary>The intents without an outcome, as far as the audit was read.</summary>
    private sealed class OpenIntents
    {
        public SortedDictionary<long, AuditEntry> Open { get; } = [];

        public long ReadTo { get; private set; }

        public void Take(AuditEntry entry)
        {
            if (entry.What.StartsWith(AuditIntent.Prefix, StringComparison.Ordinal))
            {
                Open[entry.Sequence] = entry;
            }
            else if (AuditIntent.ReferenceOf(entry.Detail) is { } closed)
            {
                Open.Remove(closed);
            }

            ReadTo = entry.Sequence;
        }
    }

    /// <summary>What came of a command, for a person.</summary>
    private async Task<string> ResolveAsync(AuditEntry intent, CancellationToken cancellationToken)
    {
        var what = intent.What[AuditIntent.Prefix.Length..];
        var subject = Purpose.Split(intent.Detail).Subject;
        if (intent.ServerId is not { } serverId || live.Find(serverId) is null || !what.StartsWith("repair.", StringComparison.Ordinal))
        {
            return $"{Unknown}. The audit of the agent says whether the command arrived.";
        }

        var isOfKnown = what is "repair.cancel" or "repair.keep";
        if (await AskAsync(serverId, isOfKnown ? subject : Latest, cancellationToken) is not { } run)
        {
            return $"{Unknown}, and the agent of {intent.ServerName} couldn't tell. Its audit says whether the command arrived.";
        }

        return what switch
        {
            "repair.cancel" => run.CancelRequested ? $"done, {Journal}" : $"not carried out, {Journal}",
            "repair.keep" => run.Keep is not null ? $"done, {Journal}" : $"not carried out, {Journal}",
            _ when IsOf(intent, subject, run) && !await IsToldAsync(serverId, run.Id) => $"{AuditedRepair.Of(run.Id)}, {Journal}",
            _ => $"{Unknown}. The agent's newest repair is another one; its audit says whether the command arrived.",
        };
    }

    /// <summary>By who asked for what and why, not by times: two clocks may differ.</summary>
    private static bool IsOf(AuditEntry intent, string subject, Repair run) =>
        AuditLog.Plain(run.RequestedBy) == intent.Who && AuditLog.Plain(run.Ticket) == intent.Ticket
        && (run.UndoOf.Length > 0 ? run.UndoOf == subject : subject.StartsWith($"{run.Playbook} {run.Baseline}".Trim(), StringComparison.Ordinal));

    /// <summary>True where another entry has this repair as its outcome.</summary>
    private async Task<bool> IsToldAsync(int serverId, string repairId)
    {
        await using var context = await security.CreateDbContextAsync(CancellationToken.None);
        var outcome = AuditedRepair.Of(repairId);
        return await context.AuditEntries.AnyAsync(entry => entry.ServerId == serverId && (entry.Outcome == outcome || entry.Outcome.StartsWith(outcome + ",")), CancellationToken.None);
    }

    /// <summary>Null where the server doesn't answer in time, or doesn't have it.</summary>
    private async Task<Repair?> AskAsync(int serverId, string repairId, CancellationToken cancellationToken)
    {
        try
        {
            await WaitUntilUpAsync(serverId, cancellationToken);
            await using var scope = services.CreateOwnScope();
            var answer = await scope.ServiceProvider.GetRequiredService<AgentCommands>().AskAsync(
                serverId, (client, _, options) => client.GetRepairAsync(new() { Id = repairId }, options), run => run.ToDomain(), cancellationToken);
            return answer.Value;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task WaitUntilUpAsync(int serverId, CancellationToken cancellationToken)
    {
        using var changes = live.Subscribe(server => server.Id == serverId);
        if (changes.Snapshot.Any(server => server.Link.State == LinkState.Up))
        {
            return;
        }

        await foreach (var change in changes.ReadAsync(cancellationToken))
        {
            if (change.Changed.Any(server => server.Link.State == LinkState.Up))
            {
                return;
            }
        }
    }

    private Task CloseAsync(AuditEntry intent, string outcome) => log.WriteAsync(intent.Who, CallerIdentity.Dashboard with { PersonId = intent.PersonId, From = intent.From }, new()
    {
        What = intent.What[AuditIntent.Prefix.Length..],
        ServerId = intent.ServerId,
        ServerName = intent.ServerName,
        Site = intent.Site,
        Detail = intent.Detail,
        Ticket = intent.Ticket,
        Outcome = outcome,
        Intent = intent.Sequence,
    });

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Couldn't look for commands whose outcome is missing from the audit; the next start tries again")]
        public static partial void NotClosed(ILogger logger, Exception exception);
    }
}
