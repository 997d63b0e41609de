using System.Text;
using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Repairs;

/// <summary>The repair that goes on: its newest state, and the only way to change it. Each change goes to memory, to the journal and to the hub, in this order.</summary>
/// <remarks>
/// The worker changes steps, any request may ask for a stop. Every change raises the revision; every write to the journal happens
/// under the same lock as the change before it, so that an older state never overwrites a newer one.
/// A journal that cannot be written holds the repair up, it does not change it: nothing is done whose intent is not on disk, and an
/// outcome is written as soon as the disk takes it again. Meanwhile the state in memory says what it waits for. Only restoring saved
/// settings goes on without the disk: clients must not wait for it, and an agent that is ended in between does again what is done.
/// </remarks>
internal sealed partial class RepairSession(Repair run, Journal journal, RepairPublisher publisher, TimeProvider timeProvider, ILogger<RepairSession> logger)
{
    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(30));
    private static readonly TimeSpan ShortestReport = TimeSpan.FromSeconds(2);

    /// <summary>A report a sixtieth of the step's age apart: a step of hours makes hundreds of events, not thousands.</summary>
    private const int ReportsPerAge = 60;

    private readonly Lock _gate = new();
    private Repair _run = run;
    private long? _lastReportAt;
    private long? _enteredAt;
    private bool _isReportOwed;

    /// <summary>What its steps wrote down.</summary>
    public StepNotes Notes { get; } = new(journal, run.Id);

    public Repair Run
    {
        get
        {
            lock (_gate)
            {
                return _run;
            }
        }
    }

    /// <summary>Enters a step: its intent is in the journal before any of its work.</summary>
    public async Task EnterAsync(int number, CancellationToken stopping)
    {
        var now = timeProvider.GetUtcNow();
        _enteredAt = timeProvider.GetTimestamp();
        ChangeStep(number, step => step with
        {
            State = StepState.Running,
            StartedAt = step.StartedAt ?? now,
            Attempts = step.Attempts + 1,
            Message = step.Attempts == 0 ? "" : "The agent restarted in the middle of this step; checking what was done.",
        });
        await WriteAsync(run => journal.WriteIntent(run, StepOf(run, number)), stopping);
        await publisher.PublishAsync(Run, stopping);
    }

    /// <summary>Leaves a step. What restores the saved settings stands in the journal together with the outcome that asks for it: no end of the agent comes between.</summary>
    public async Task LeaveAsync(int number, StepOutcome outcome, CancellationToken stopping)
    {
        Change(run => Follow(
            run with
            {
                Steps = [.. run.Steps.Select(step => step.Number != number ? step : step with
                {
                    State = outcome.State,
                    EndedAt = timeProvider.GetUtcNow(),
                    Message = outcome.Message,
                    ReadBack = outcome.ReadBack,
                    Output = Cut(outcome.Output),
                })],
                Verification = outcome.Verification ?? run.Verification,
            },
            outcome.Rollback));
        await WriteAsync(run => journal.WriteOutcome(run, StepOf(run, number)), stopping);
        await publisher.PublishAsync(Run, stopping);
    }

    /// <summary>Begins to restore the saved settings between two steps.</summary>
    public async Task RollBackAsync(IReadOnlyList<RepairStep> rollback, CancellationToken stopping)
    {
        Change(run => Follow(run, rollback));
        await WriteAsync(journal.Write, stopping);
        await publisher.PublishAsync(Run, stopping);
    }

    public async Task FinishAsync(RepairState state, CancellationToken stopping)
    {
        Change(run => run with
        {
            State = state,
            EndedAt = timeProvider.GetUtcNow(),
            Steps = [.. run.Steps.Select(step => step.State == StepState.Waiting ? step with { State = StepState.NotRun } : step)],
        });

        // The undone repair first: if the agent ends between the two writes, the resumed undo writes both again.
        if (state == RepairState.Succeeded && Run.UndoOf.Length > 0)
        {
            await MarkUndoneAsync(Run, stopping);
        }

        await RetryAsync(() => Write(journal.Write), stopping);
        SettleUndo(Run);
        await publisher.PublishAsync(Run, stopping);
    }

    /// <summary>Tells what goes on in a step: in memory at once, to the journal and the hub from time to time.</summary>
    public void Report(int number, string message)
    {
        var isKnown = StepOf(Run, number).Message == message;
        if (isKnown && !_isReportOwed)
        {
            return;
        }

        var run = isKnown ? Run : ChangeStep(number, step => step with { Message = message });
        var age = _enteredAt is { } enteredAt ? timeProvider.GetElapsedTime(enteredAt) : TimeSpan.Zero;
        var interval = age / ReportsPerAge > ShortestReport ? age / ReportsPerAge : ShortestReport;
        if (_lastReportAt is { } last && timeProvider.GetElapsedTime(last) < interval)
        {
            // Said again by a step that waits, it is published then.
            _isReportOwed = true;
            return;
        }

        (_lastReportAt, _isReportOwed) = (timeProvider.GetTimestamp(), false);
        try
        {
            // Written before it is published: a resumed repair must not count its revisions from below what the hub has seen.
            publisher.PublishSoon(Write(journal.Write));
        }
        catch (SqliteException exception)
        {
            Log.NotWritten(logger, run.Id, exception);
        }
    }

    /// <summary>Asks for a stop after the step that runs now.</summary>
    /// <exception cref="CommandException">The journal cannot be written.</exception>
    public async Task RequestCancelAsync(CancellationToken cancellationToken)
    {
        if (!Run.CancelRequested)
        {
            Change(run => run with { CancelRequested = true });
            JournalErrors.Read(() => Write(journal.Write));
            await publisher.PublishAsync(Run, cancellationToken);
        }
    }

    /// <summary>Asks that the new settings stay, whatever their trial says.</summary>
    /// <param name="decision">Who keeps them, and why.</param>
    /// <param name="begin">Called before it is written down, where there is something on trial.</param>
    /// <param name="cancellationToken">Gives up waiting for the hub's event.</param>
    /// <returns>False where there is nothing on trial any more.</returns>
    /// <exception cref="CommandException">The journal cannot be written.</exception>
    public async Task<bool> RequestKeepAsync(KeepDecision decision, Action begin, CancellationToken cancellationToken)
    {
        if (Run is not { IsFinal: false, IsRollingBack: false, Trial.Verdict: TrialVerdict.Open })
        {
            return false;
        }

        begin();
        lock (_gate)
        {
            if (_run is not { IsFinal: false, IsRollingBack: false, Trial.Verdict: TrialVerdict.Open })
            {
                return false;
            }

            _run = _run with { Keep = _run.Keep ?? decision, Revision = _run.Revision + 1 };
        }

        JournalErrors.Read(() => Write(journal.Write));
        await publisher.PublishAsync(Run, cancellationToken);
        return true;
    }

    /// <summary>What is known of the trial; it is journaled with the outcome of the step.</summary>
    public void SetTrial(Trial trial) => Change(run => run with { Trial = trial });

    /// <summary>Ends the trial with what the answers say, or, where a keep was accepted before, with that; journaled with the outcome of the step.</summary>
    /// <returns>The trial as it ended: from here on there is nothing left to keep.</returns>
    public Trial EndTrial(Trial decided) => Change(run => run with
    {
        Trial = run.Keep is { } keep ? decided with { Verdict = TrialVerdict.Kept, Reason = $"{keep.By} keeps the new settings even if clients get worse answers: {keep.Reason}" } : decided,
    }).Trial!;

    /// <summary>Ends the trial against the new settings, because the run can't go on; one that ended so already keeps its reason.</summary>
    /// <returns>False where nothing is on trial, also because a keep was accepted before; after true none is.</returns>
    public bool TryEndTrial(string reason)
    {
        lock (_gate)
        {
            if (!_run.IsOnTrial)
            {
                return false;
            }

            if (_run.Trial!.Verdict is TrialVerdict.Open)
            {
                Change(run => run with { Trial = run.Trial! with { Verdict = TrialVerdict.Worse, Reason = reason } });
            }

            return true;
        }
    }

    /// <summary>The saved settings are in force again; journaled with the outcome of the step.</summary>
    public void WithdrawUndo() => Change(run => run with { CanUndo = false });

    /// <summary>Whether Undo has something to restore; journaled at once, before the settings are changed, and kept apart from the journal before that.</summary>
    /// <exception cref="StoreException">What Undo would need cannot be kept.</exception>
    public void SetCanUndo(bool canUndo)
    {
        if (canUndo)
        {
            journal.KeepUndo(Run with { CanUndo = true });
        }

        var before = Run.CanUndo;
        Change(run => run with { CanUndo = canUndo });
        try
        {
            Write(journal.Write);
        }
        catch (SqliteException)
        {
            // Nothing is changed then, so there is nothing to restore either.
            Change(run => run with { CanUndo = before });
            throw;
        }
    }

    public void SaveSettings(SavedSettings saved)
    {
        lock (_gate)
        {
            journal.SaveSettings(_run.Id, saved);
        }
    }

    public SavedSettings? FindSettings(string repairId) => journal.FindSettings(repairId);

    /// <summary>What this run saved, as soon as the journal can be read.</summary>
    public async Task<SavedSettings?> ReadSavedAsync(CancellationToken stopping)
    {
        SavedSettings? saved = null;
        await RetryAsync(() => saved = journal.FindSettings(Run.Id), stopping);
        return saved;
    }

    /// <summary>Adds what restores the saved settings: no other step follows.</summary>
    private static Repair Follow(Repair run, IReadOnlyList<RepairStep> rollback) => rollback.Count == 0 || run.IsRollingBack ? run : run with
    {
        Steps = [.. run.Steps.Select(step => step.State == StepState.Waiting ? step with { State = StepState.NotRun } : step), .. rollback],
    };

    private Repair Change(Func<Repair, Repair> change)
    {
        lock (_gate)
        {
            return _run = change(_run) with { Revision = _run.Revision + 1 };
        }
    }

    private Repair ChangeStep(int number, Func<RepairStep, RepairStep> change) => Change(run => run with
    {
        Steps = [.. run.Steps.Select(step => step.Number == number ? change(step) : step)],
    });

    private Repair Write(Action<Repair> write)
    {
        lock (_gate)
        {
            write(_run);
            return _run;
        }
    }

    private async Task MarkUndoneAsync(Repair undo, CancellationToken stopping)
    {
        Repair? undone = null;
        await RetryAsync(
            () =>
            {
                undone = journal.Find(undo.UndoOf);
                if (undone is { UndoneBy: "" })
                {
                    undone = undone with { UndoneBy = undo.Id, CanUndo = false, Revision = undone.Revision + 1 };
                    journal.Write(undone);
                }
            },
            stopping);
        if (undone is not null)
        {
            SettleUndo(undone);
            await publisher.PublishAsync(undone, stopping);
        }
    }

    /// <summary>What is kept for Undo is as the run has ended; where the disk refuses it, the journal has it, and the next start of the agent lets go of what is too much.</summary>
    private void SettleUndo(Repair ended)
    {
        try
        {
            journal.KeepUndo(ended);
        }
        catch (Exception exception) when (exception is StoreException or SqliteException)
        {
            Log.UndoNotKept(logger, ended.Id, exception.Message);
        }
    }

    /// <summary>Writes the run; while saved settings are restored, what the disk refuses is left to the next write.</summary>
    private async Task WriteAsync(Action<Repair> write, CancellationToken stopping)
    {
        if (!Run.IsRollingBack)
        {
            await RetryAsync(() => Write(write), stopping);
            return;
        }

        try
        {
            Write(write);
        }
        catch (SqliteException exception)
        {
            Log.RollbackNotWritten(logger, Run.Id, exception);
        }
    }

    private async Task RetryAsync(Action write, CancellationToken stopping)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                write();
                return;
            }
            catch (SqliteException exception)
            {
                Log.NotWritten(logger, Run.Id, exception);
            }

            await Task.Delay(Pauses.Next(attempt + 1), timeProvider, stopping);
        }
    }

    private static RepairStep StepOf(Repair run, int number) => run.Steps.First(step => step.Number == number);

    private static string Cut(string output)
    {
        if (Encoding.UTF8.GetByteCount(output) <= ContractLimits.MaximumStepOutputBytes)
        {
            return output;
        }

        // Cut at a whole character: half of one would become another.
        var bytes = Encoding.UTF8.GetBytes(output).AsSpan(0, ContractLimits.MaximumStepOutputBytes);
        while (bytes.Length > 0 && (bytes[^1] & 0xC0) == 0x80)
        {
            bytes = bytes[..^1];
        }

        return Encoding.UTF8.GetString(bytes[^1] >= 0xC0 ? bytes[..^1] : bytes);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The journal of repair {RepairId} can't be written; the repair waits until it can.")]
        public static partial void NotWritten(ILogger logger, string repairId, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "The journal of repair {RepairId} can't be written; its settings are restored without it.")]
        public static partial void RollbackNotWritten(ILogger logger, string repairId, Exception exception);

        [LoggerMessage(3, LogLevel.Error, "Couldn't save a second copy of what undoing repair {RepairId} needs: {Reason}")]
        public static partial void UndoNotKept(ILogger logger, string repairId, string reason);
    }
}
