using System.Globalization;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Makes synchronizations out of the lines of wsyncmgr.log.</summary>
internal sealed class SyncLogMachine(SyncLogState state)
{
    private readonly Dictionary<string, SyncRun> _changed = [];

    private SyncLogState _state = state;
    private DateTimeOffset? _lastLineAt = state.LastLineAt;

    public SyncLogState State
    {
        get => _state with { LastLineAt = _lastLineAt };
        private set => _state = value;
    }

    /// <summary>The runs that began, ended or learned something, each as it is now.</summary>
    public IReadOnlyCollection<SyncRun> Changed => _changed.Values;

    /// <summary>Takes an entry; of those that cannot mean anything only the time is kept, and nothing is copied.</summary>
    public void Take(in LogEntry entry)
    {
        if (entry.At is not { } at)
        {
            return;
        }

        _lastLineAt = at;
        if (SyncLogMarkers.MayMatter(entry.Text))
        {
            Take(entry.ToLine().Text, at);
        }
    }

    private void Take(string text, DateTimeOffset at)
    {
        var message = SyncLogMarkers.StatusMessage(text);
        if (message != 0 && SyncLogMarkers.StatusMessageTime(text) is { } messageAt)
        {
            State = State with { LastMessage = new(message, messageAt) };
        }

        if (SyncLogMarkers.Trigger(text) is not SyncTrigger.Unknown and var trigger)
        {
            State = State with { NextTrigger = trigger };
        }
        else if (message == SyncLogMarkers.Started || SyncLogMarkers.IsStart(text))
        {
            Begin(at, isMessage: message == SyncLogMarkers.Started);
        }
        else if (message == SyncLogMarkers.Succeeded || SyncLogMarkers.IsSuccess(text))
        {
            End(at, SyncResult.Succeeded, "");
        }
        else if (message == SyncLogMarkers.Failed || SyncLogMarkers.IsFailure(text))
        {
            End(at, SyncResult.Failed, SyncLogMarkers.Reason(text), SyncLogMarkers.MessageErrorCode(text));
        }
        else if (SyncLogMarkers.IsCancellation(text))
        {
            Cancel(at, text);
        }
        else
        {
            TakeDetail(text, at);
        }
    }

    private void Begin(DateTimeOffset at, bool isMessage)
    {
        var isRepeated = State.Open is not null && (isMessage ? !State.HasStartMessage : !State.HasStartLine);
        if (isRepeated)
        {
            // The line and the message of one start: the second of them says nothing new.
            State = State with { HasStartLine = true, HasStartMessage = true };
            return;
        }

        if (State.Open is { } cutOff)
        {
            Keep(cutOff with { Result = SyncResult.Unknown });
        }

        var run = new SyncRun
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"mecm-{at.UtcTicks}"),
            Source = SyncSource.ConfigMgr,
            Trigger = State.NextTrigger,
            StartedAt = at,
            Result = SyncResult.Running,
        };
        Keep(run);
        State = State with
        {
            Open = run,
            Closed = null,
            NextTrigger = SyncTrigger.Unknown,
            HasStartLine = !isMessage,
            HasStartMessage = isMessage,
            Progress = new ConfigMgrSyncProgress("Starting", 0, 0, at),
        };
    }

    /// <param name="at">When the log says it.</param>
    /// <param name="result">How the run ended.</param>
    /// <param name="reason">Of a failure; empty where the line gives none.</param>
    /// <param name="messageCode">The error number of the status message, which is coarser than one in the reason; 0 where there is none.</param>
    private void End(DateTimeOffset at, SyncResult result, string reason, long messageCode = 0)
    {
        var own = SyncLogMarkers.ErrorCode(reason);
        var code = own != 0 ? own : messageCode;
        if (State.Open is { } open)
        {
            Close(open with { EndedAt = at, Result = result, ErrorText = reason, ErrorCode = code });
        }
        else if (State.Closed is { Result: SyncResult.Failed } closed)
        {
            var completed = closed with
            {
                ErrorText = closed.ErrorText.Length == 0 ? reason : closed.ErrorText,
                ErrorCode = closed.ErrorText.Length == 0 && own != 0 || closed.ErrorCode == 0 ? code : closed.ErrorCode,
            };
            if (completed != closed)
            {
                Close(completed);
            }
        }
    }

    private void Cancel(DateTimeOffset at, string text)
    {
        if (State.Open is { } open)
        {
            Close(open with { EndedAt = at, Result = SyncResult.Cancelled, ErrorText = text });
        }
    }

    private void Close(SyncRun run)
    {
        Keep(run);
        State = State with { Open = null, Closed = run, Progress = null };
    }

    private void TakeDetail(string text, DateTimeOffset at)
    {
        if (SyncLogMarkers.UpdatesChanged(text) is { } changed)
        {
            if (State.Open is { } open)
            {
                State = State with { Open = open with { UpdatesChanged = changed } };
                Keep(State.Open);
            }
            else if (State.Closed is { } closed)
            {
                Close(closed with { UpdatesChanged = changed });
            }
        }
        else if (State.Open is not null && SyncLogMarkers.Progress(text) is { } progress)
        {
            State = State with { Progress = new ConfigMgrSyncProgress(progress.Phase, progress.Processed, progress.Total, at) };
        }
    }

    private void Keep(SyncRun run) => _changed[run.Id] = run;
}
