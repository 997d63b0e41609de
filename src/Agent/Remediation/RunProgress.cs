using System.Text;
using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Remediation.Steps;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Agent.Remediation;

/// <summary>Writes the progress of a run: memory, journal, events for the hub, in this order.</summary>
/// <remarks>
/// A journal that cannot be written holds the run up, it does not change it: nothing is done whose intent is not on disk, and an
/// outcome is written as soon as the disk takes it again. Meanwhile the run in memory says what it waits for.
/// </remarks>
internal sealed partial class RunProgress(RunPublisher publisher, Journal journal, TimeProvider timeProvider, ILogger<RunProgress> logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestReport = TimeSpan.FromSeconds(2);

    /// <summary>A report a sixtieth of the step's age apart: a step of hours makes hundreds of events, not thousands.</summary>
    private const int ReportsPerAge = 60;

    private DateTimeOffset _lastReportAt;

    public async Task EnterAsync(ActiveRun active, int number, CancellationToken stopping)
    {
        var now = timeProvider.GetUtcNow();
        active.ChangeStep(number, step => step with
        {
            State = StepState.Running,
            StartedAt = step.StartedAt ?? now,
            Attempts = step.Attempts + 1,
            Message = step.Attempts == 0 ? "" : "The agent was restarted in the middle of this step; reading back what was done.",
        });
        await WriteAsync(active, (written, run) => written.WriteIntent(run, StepOf(run, number)), stopping);
        await publisher.PublishAsync(active.Run, stopping);
    }

    public async Task LeaveAsync(ActiveRun active, int number, StepOutcome outcome, CancellationToken stopping)
    {
        active.Change(run => run with
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
        });
        await WriteAsync(active, (written, run) => written.WriteOutcome(run, StepOf(run, number)), stopping);
        await publisher.PublishAsync(active.Run, stopping);
    }

    public async Task FinishAsync(ActiveRun active, RunState state, CancellationToken stopping)
    {
        active.Change(run => run with
        {
            State = state,
            EndedAt = timeProvider.GetUtcNow(),
            Steps = [.. run.Steps.Select(step => step.State == StepState.Waiting ? step with { State = StepState.NotRun } : step)],
        });

        // The undone run first: if the agent ends between the two writes, the resumed undo writes both again.
        if (state == RunState.Succeeded && active.Run.UndoOf.Length > 0)
        {
            await MarkUndoneAsync(active.Run, stopping);
        }

        await WriteAsync(active, (written, run) => written.Write(run), stopping);
        await publisher.PublishAsync(active.Run, stopping);
    }

    /// <summary>Tells what goes on in a step: in memory at once, to the journal and the hub from time to time.</summary>
    public void Report(ActiveRun active, int number, string message)
    {
        if (StepOf(active.Run, number).Message == message)
        {
            return;
        }

        var run = active.ChangeStep(number, step => step with { Message = message });
        var now = timeProvider.GetUtcNow();
        var age = now - (StepOf(run, number).StartedAt ?? now);
        var interval = age / ReportsPerAge > ShortestReport ? age / ReportsPerAge : ShortestReport;
        if (now - _lastReportAt >= interval)
        {
            _lastReportAt = now;
            Publish(active);
        }
    }

    // Written before it is published: a resumed run must not count its revisions from below what the hub has seen.
    private void Publish(ActiveRun active)
    {
        try
        {
            publisher.PublishSoon(active.Write((written, run) => written.Write(run)));
        }
        catch (SqliteException exception)
        {
            Log.NotWritten(logger, active.Run.Id, exception);
        }
    }

    private async Task MarkUndoneAsync(RemediationRun undo, CancellationToken stopping)
    {
        RemediationRun? undone = null;
        await RetryAsync(
            undo.Id,
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
            await publisher.PublishAsync(undone, stopping);
        }
    }

    private Task WriteAsync(ActiveRun active, Action<Journal, RemediationRun> write, CancellationToken stopping) =>
        RetryAsync(active.Run.Id, () => active.Write(write), stopping);

    private async Task RetryAsync(string runId, Action write, CancellationToken stopping)
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
                Log.NotWritten(logger, runId, exception);
            }

            await Task.Delay(Waiting.BackOff(attempt, LongestPause), timeProvider, stopping);
        }
    }

    private static RunStep StepOf(RemediationRun run, int number) => run.Steps.First(step => step.Number == number);

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
        [LoggerMessage(1, LogLevel.Error, "The journal of run {RunId} cannot be written; the run waits until it can.")]
        public static partial void NotWritten(ILogger logger, string runId, Exception exception);
    }
}
