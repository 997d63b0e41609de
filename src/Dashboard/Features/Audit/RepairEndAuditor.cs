using System.Text.Json;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Features.Audit;

/// <summary>
/// Puts the end of every repair into the audit: how it ended, and which settings are other than before. Whoever asked for it is named, also where it was
/// somebody on the server. What ended while the dashboard was being ended is made up for at its next start, or by the dashboard that takes the server: each start in the audit gets its end.
/// Threading: the history tells, one loop writes; what is made up for has its turn in between.
/// </summary>
internal sealed partial class RepairEndAuditor(
    HistoryWriter history,
    AuditLog log,
    IDbContextFactory<SecurityContext> security,
    IDbContextFactory<DashboardContext> contexts,
    DatabaseInitializer database,
    FleetStartup fleet,
    IOwnership ownership,
    TimeProvider timeProvider,
    ILogger<RepairEndAuditor> logger) : BackgroundService
{
    private const int Capacity = 1_000;
    private const string End = "repair.end";

    /// <summary>Longer than any repair and any wait for an approval, and short enough to be read at every start.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(8);

    /// <summary>A dashboard that gave servers away in order has written what it stored by then.</summary>
    private static readonly TimeSpan OthersWrite = TimeSpan.FromSeconds(10);

    private static readonly string[] Starts = ["repair.start", "repair.undo"];

    private readonly Channel<EndedRun> _ended = Channel.CreateBounded<EndedRun>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly IdBatch _taken = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Queue<(int ServerId, string RunId)> _written = new();

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        history.RunsEnded += Take;
        fleet.Taken += _taken.Mark;
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        history.RunsEnded -= Take;
        fleet.Taken -= _taken.Mark;
        _writing.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (ownership.IsShared)
            {
                await Task.WhenAll(MakeUpForTakenAsync(stoppingToken), WriteEndsAsync(stoppingToken));
                return;
            }

            await WriteMissingAsync(serverIds: null, stoppingToken);
            await WriteEndsAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            while (_ended.Reader.TryRead(out var last))
            {
                await WriteOnceAsync(last);
            }
        }
    }

    private async Task WriteEndsAsync(CancellationToken cancellationToken)
    {
        await foreach (var ended in _ended.Reader.ReadAllAsync(cancellationToken))
        {
            await WriteOnceAsync(ended);
        }
    }

    private async Task MakeUpForTakenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var serverIds = await _taken.TakeAsync(cancellationToken);
            await Task.Delay(OthersWrite, timeProvider, cancellationToken);
            await ownership.WhenConfirmedAsync(cancellationToken);
            if (!await WriteMissingAsync([.. serverIds!.Where(ownership.Owned.Owns)], cancellationToken))
            {
                _taken.Mark(serverIds!);
            }
        }
    }

    /// <summary>An end that came in while the missing ones were looked for is told by both, and written by one.</summary>
    private async Task WriteOnceAsync(EndedRun ended)
    {
        await _writing.WaitAsync(CancellationToken.None);
        try
        {
            if (!_written.Contains((ended.ServerId, ended.Run.Id)))
            {
                await WriteAsync(ended);
                Remember(ended);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    private void Remember(EndedRun ended)
    {
        _written.Enqueue((ended.ServerId, ended.Run.Id));
        if (_written.Count > Capacity)
        {
            _written.Dequeue();
        }
    }

    /// <summary>Writes the ends that the history has and the audit has not.</summary>
    /// <param name="serverIds">Of these servers; null = of all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False where that failed.</returns>
    private async Task<bool> WriteMissingAsync(IReadOnlyCollection<int>? serverIds, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await database.WhenOpened.WaitAsync(cancellationToken);
            foreach (var missing in await FindMissingAsync(serverIds, cancellationToken))
            {
                await WriteAsync(missing);
                Remember(missing);
            }

            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The ends to come are written all the same; these are tried again, where nobody else has the servers by the next start.
            Log.NotMadeUpFor(logger, exception);
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task<IReadOnlyList<EndedRun>> FindMissingAsync(IReadOnlyCollection<int>? serverIds, CancellationToken cancellationToken)
    {
        var since = timeProvider.GetUtcNow().UtcDateTime - LookBack;
        await using var audit = await security.CreateDbContextAsync(cancellationToken);
        var started = await audit.AuditEntries.AsNoTracking()
            .Where(entry => entry.At >= since && Starts.Contains(entry.What) && entry.ServerId != null && entry.Outcome.StartsWith(AuditedRepair.Mark))
            .OrderByDescending(entry => entry.Sequence)
            .Take(Capacity)
            .Select(entry => new { ServerId = entry.ServerId!.Value, entry.ServerName, entry.Site, entry.Outcome })
            .ToListAsync(cancellationToken);
        var told = await audit.AuditEntries.AsNoTracking()
            .Where(entry => entry.At >= since && entry.What == End)
            .Select(entry => new { entry.ServerId, entry.Detail })
            .ToListAsync(cancellationToken);

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        List<EndedRun> missing = [];

        // Asked for again after a lost answer it is the same repair.
        foreach (var (start, id) in started.Where(start => serverIds?.Contains(start.ServerId) ?? true).Select(start => (start, AuditedRepair.IdOf(start.Outcome))).DistinctBy(entry => (entry.start.ServerId, entry.Item2)))
        {
            if (!told.Exists(end => end.ServerId == start.ServerId && Purpose.Split(end.Detail).Subject.EndsWith(AuditedRepair.Of(id), StringComparison.Ordinal))
                && await context.Repairs.FindAsync([start.ServerId, id], cancellationToken) is { } stored
                && JsonSerializer.Deserialize<Repair>(stored.Run, JsonColumn.Json) is { IsOpen: false } run)
            {
                missing.Add(new(start.ServerId, start.ServerName, start.Site, run));
            }
        }

        return missing;
    }

    private void Take(IReadOnlyList<EndedRun> ended)
    {
        foreach (var run in ended)
        {
            _ended.Writer.TryWrite(run);
        }
    }

    private Task WriteAsync(EndedRun ended)
    {
        var run = ended.Run;
        var changes = run.Steps.Any(step => step is { Kind: StepKind.ApplySettings or StepKind.RestoreSettings or StepKind.SetStartType, State: StepState.Done }) && run.State is not RepairState.RolledBack ? run.Changes : [];
        return log.WriteAsync(run.RequestedBy, CallerIdentity.Dashboard with { From = $"agent of {run.ComputerName}" }, new()
        {
            What = End,
            ServerId = ended.ServerId,
            ServerName = ended.ServerName,
            Site = ended.Site,
            Detail = new Purpose(run.Reason, run.Ticket).Describe($"{(run.UndoOf.Length > 0 ? $"undo of {run.UndoOf}" : $"{run.Playbook} {run.Baseline}".Trim())}, {AuditedRepair.Of(run.Id)}"),
            Before = SettingLabels.Before(changes),
            After = SettingLabels.After(changes),
            Outcome = OutcomeOf(run),
            Ticket = new Purpose(run.Reason, run.Ticket).Ticket,
        });
    }

    private static string OutcomeOf(Repair run)
    {
        var state = run.State switch
        {
            RepairState.Succeeded => "succeeded",
            RepairState.Failed => "failed",
            RepairState.Cancelled => "stopped",
            RepairState.NotProven => "not proven",
            RepairState.RolledBack => "rolled back",
            _ => "result unknown: the agent no longer has this repair",
        };
        var why = run.Sentence is { Length: > 0 } sentence ? sentence : run.Approval?.Decision ?? "";
        return why.Length > 0 ? $"{state}: {why}" : state;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Couldn't look for repairs whose end is missing from the audit; the next start tries again")]
        public static partial void NotMadeUpFor(ILogger logger, Exception exception);
    }
}
