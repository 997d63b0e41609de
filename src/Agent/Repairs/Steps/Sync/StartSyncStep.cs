using System.Globalization;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Steps.Sync;

/// <summary>
/// Asks WSUS, and on a site server Configuration Manager, for a synchronization. After an interruption it looks first whether the
/// request had arrived: a second synchronization is never started.
/// </summary>
internal sealed class StartSyncStep(IServerAccess server, SyncFollower watch, SyncNowAction syncNow, AgentOptions options, TimeProvider timeProvider) : IStepAction
{
    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(15));
    /// <summary>How long after a request its synchronization may still be invisible: both begin a few seconds later.</summary>
    private static readonly TimeSpan BeginLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ConfigMgrLimit = TimeSpan.FromMinutes(2);

    public IReadOnlyList<StepKind> Kinds { get; } = [StepKind.StartSync];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var snapshot = await watch.Readings.RefreshAsync(cancellationToken, SectionNames.Wsus, SectionNames.ConfigMgr);
        var readBack = new List<string>();
        if (snapshot.Wsus.Status != SectionStatus.NotInstalled)
        {
            if (!context.IsResumed)
            {
                await WaitForEarlierSyncAsync(context, cancellationToken);
                if (context.IsCancelRequested)
                {
                    return new StepOutcome { State = StepState.NotRun, Message = "Someone asked to stop while this step was waiting; no sync was requested." };
                }

                await NoteCountsAsync(context, cancellationToken);
            }

            readBack.Add(await AskWsusAsync(context, cancellationToken));
        }
        else
        {
            await NoteCountsAsync(context, cancellationToken);
        }

        if (snapshot.ConfigMgr is { Status: not SectionStatus.NotInstalled, Value.SiteCode: { Length: > 0 } siteCode })
        {
            readBack.Add(await AskConfigMgrAsync(context, siteCode, cancellationToken));
        }

        return readBack.Count > 0
            ? new StepOutcome { Message = string.Join(" ", readBack), ReadBack = readBack }
            : throw new StepFailedException($"{watch.Readings.ComputerName}: neither WSUS nor a Configuration Manager site was found, so there is nothing to sync.");
    }

    private async Task NoteCountsAsync(StepContext context, CancellationToken cancellationToken)
    {
        var counts = await watch.ReadCountsAsync(cancellationToken) ?? watch.Readings.Current.Wsus.Value?.Counts;
        Write(SyncNoteKeys.WsusBefore, counts?.Updates);
        Write(SyncNoteKeys.ConfigMgrBefore, watch.Readings.Current.ConfigMgr.Value?.SoftwareUpdateCount);

        void Write(string name, long? number)
        {
            if (number is { } known)
            {
                context.WriteNote(name, known.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    // A synchronization that began before the restarts proves nothing about them, and WSUS runs one at a time.
    private async Task WaitForEarlierSyncAsync(StepContext context, CancellationToken cancellationToken)
    {
        var limit = Deadline.After(options.SyncTimeLimit, timeProvider);
        await Waiting.UntilAsync(
            async token =>
            {
                var wsus = (await watch.Readings.RefreshAsync(token, SectionNames.Wsus)).Wsus;
                if (wsus is not { Status: SectionStatus.Ok, Value: { IsSynchronizing: true } state } || context.IsCancelRequested)
                {
                    return true;
                }

                context.Report($"A sync this repair didn't start is still running ({SyncProgressText.Of(state)}); waiting for it to end, {Wording.Duration(limit.Elapsed)} so far.");
                return false;
            },
            options.SyncTimeLimit,
            timeProvider,
            cancellationToken);
    }

    private async Task<string> AskWsusAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Note(SyncNoteKeys.WsusAccepted) is not null)
        {
            return "WSUS was asked before the agent restarted; it wasn't asked again.";
        }

        if (StepContext.ParseTime(context.Note(SyncNoteKeys.AskedAt)) is { } earlier
            && await Waiting.UntilAsync(token => HasBegunAsync(context, earlier, token), BeginLimit, timeProvider, cancellationToken))
        {
            context.WriteNoteOrGoOn(SyncNoteKeys.WsusAccepted, timeProvider.GetUtcNow());
            return "The sync had started before the agent restarted; it wasn't started again.";
        }

        var askedAt = timeProvider.GetUtcNow();
        WriteKnown(context, SyncNoteKeys.WsusKnownRuns, await watch.ListWsusRunsAsync(askedAt, cancellationToken));
        context.WriteMoment(SyncNoteKeys.AskedMoment);
        context.WriteNote(SyncNoteKeys.AskedAt, askedAt);
        var deadline = Deadline.After(StepTimes.WarmUpLimit, timeProvider);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await watch.WithLimitAsync(
                    async token =>
                    {
                        await server.StartWsusSyncAsync(token);
                        return true;
                    },
                    cancellationToken);
                context.WriteNoteOrGoOn(SyncNoteKeys.WsusAccepted, timeProvider.GetUtcNow());
                return "WSUS accepted the request.";
            }
            catch (EdgeException exception)
            {
                await EndOrPauseAsync(context, exception, deadline, attempt, cancellationToken);
            }

            // A request whose answer was lost may have arrived all the same.
            if (await HasBegunAsync(context, askedAt, cancellationToken))
            {
                context.WriteNoteOrGoOn(SyncNoteKeys.WsusAccepted, timeProvider.GetUtcNow());
                return "WSUS is syncing, but its answer to the request was lost.";
            }
        }
    }

    private async Task EndOrPauseAsync(StepContext context, EdgeException exception, Deadline deadline, int attempt, CancellationToken cancellationToken)
    {
        var isWorthAnotherTry = exception.Failure is ReadFailure.Unavailable or ReadFailure.TimedOut or ReadFailure.Malformed or ReadFailure.Fault;
        if (!isWorthAnotherTry || deadline.IsOver || context.IsCancelRequested)
        {
            throw new StepFailedException(
                $"{watch.Readings.ComputerName}: WSUS didn't accept a sync within {Wording.Duration(deadline.Elapsed)}: {exception.Message}", inner: exception);
        }

        context.Report($"WSUS isn't answering yet ({exception.Message}); asking again, {Wording.Duration(deadline.Elapsed)} of at most {Wording.Duration(StepTimes.WarmUpLimit)}.");
        await Task.Delay(Pauses.Next(attempt + 1), timeProvider, cancellationToken);
    }

    private static void WriteKnown(StepContext context, string name, IReadOnlySet<string> ids)
    {
        if (ids.Count > 0)
        {
            context.WriteNote(name, string.Join(' ', ids));
        }
    }

    private async Task<bool> HasBegunAsync(StepContext context, DateTimeOffset askedAt, CancellationToken cancellationToken)
    {
        var wsus = (await watch.Readings.RefreshAsync(cancellationToken, SectionNames.Wsus)).Wsus;
        return wsus is { Status: SectionStatus.Ok, Value.IsSynchronizing: true } || await watch.FindWsusRunAsync(askedAt, StepContext.ParseIds(context.Note(SyncNoteKeys.WsusKnownRuns)), cancellationToken) is not null;
    }

    // Configuration Manager is asked as well, but the repair of WSUS does not hang on it: a refusal is told, not failed.
    private async Task<string> AskConfigMgrAsync(StepContext context, string siteCode, CancellationToken cancellationToken)
    {
        if (context.Note(SyncNoteKeys.ConfigMgrAccepted) is not null)
        {
            return $"Configuration Manager (site {siteCode}) was asked before the agent restarted; it wasn't asked again.";
        }

        if (StepContext.ParseTime(context.Note(SyncNoteKeys.ConfigMgrAskedAt)) is { } earlier
            && await Waiting.UntilAsync(async token => await watch.FindConfigMgrRunAsync(earlier, StepContext.ParseIds(context.Note(SyncNoteKeys.ConfigMgrKnownRuns)), token) is not null, BeginLimit, timeProvider, cancellationToken))
        {
            context.WriteNoteOrGoOn(SyncNoteKeys.ConfigMgrAccepted, timeProvider.GetUtcNow());
            return $"Configuration Manager (site {siteCode}) had started before the agent restarted; it wasn't asked again.";
        }

        var askedAt = timeProvider.GetUtcNow();
        WriteKnown(context, SyncNoteKeys.ConfigMgrKnownRuns, watch.ListConfigMgrRuns(askedAt));
        if (context.Note(SyncNoteKeys.AskedMoment) is null)
        {
            context.WriteMoment(SyncNoteKeys.AskedMoment);
        }

        context.WriteNote(SyncNoteKeys.ConfigMgrAskedAt, askedAt);
        var deadline = Deadline.After(ConfigMgrLimit, timeProvider);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await watch.WithLimitAsync(
                    async token =>
                    {
                        await syncNow.AskAsync(siteCode, isFull: false, token);
                        return true;
                    },
                    cancellationToken);
                context.WriteNoteOrGoOn(SyncNoteKeys.ConfigMgrAccepted, timeProvider.GetUtcNow());
                return $"Configuration Manager (site {siteCode}) accepted the request.";
            }
            catch (EdgeException exception) when (
                exception.Failure is ReadFailure.Unavailable or ReadFailure.TimedOut && !deadline.IsOver && !context.IsCancelRequested)
            {
                context.Report($"Configuration Manager isn't answering yet ({exception.Message}); asking again.");
                await Task.Delay(Pauses.Next(attempt + 1), timeProvider, cancellationToken);
            }
            catch (EdgeException exception)
            {
                return AskByFile(context, siteCode, exception);
            }
        }
    }

    private string AskByFile(StepContext context, string siteCode, EdgeException exception)
    {
        var refusal = exception.Message;
        try
        {
            if (syncNow.AskByFile(isFull: false, exception) is { } done)
            {
                context.WriteNoteOrGoOn(SyncNoteKeys.ConfigMgrAccepted, timeProvider.GetUtcNow());
                return $"Configuration Manager (site {siteCode}) was asked with a request file. {done}";
            }
        }
        catch (EdgeException other)
        {
            refusal = $"{refusal} {other.Message}";
        }

        context.WriteNote(SyncNoteKeys.ConfigMgrRefusal, refusal);
        return $"Configuration Manager (site {siteCode}) wasn't asked: {refusal} It syncs on its own schedule.";
    }
}
