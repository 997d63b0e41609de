using WsusDashboard.Agent.ConfigMgr.Status;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>What wsyncmgr.log said up to now.</summary>
/// <param name="Log">How the reading goes; null where there is no such file.</param>
/// <param name="Progress">Of the synchronization that runs; null while none does.</param>
/// <param name="HasEnded">True where a synchronization ended since the last read.</param>
/// <param name="LastMessage">The newest status message; null where none was seen.</param>
internal sealed record SyncLogReading(LogReadState? Log, ConfigMgrSyncProgress? Progress, bool HasEnded, SyncStatusMessage? LastMessage);

/// <summary>Follows wsyncmgr.log. Each stretch is stored with the runs found in it in one transaction, so a crash neither loses nor doubles a run.</summary>
/// <remarks>Threading: one read at a time; the collector's host sees to it.</remarks>
internal sealed class SyncLogReader(ConfigMgrFolder folder, AgentStore store, TimeProvider timeProvider)
{
    /// <summary>A run whose log has been silent for so long is not shown as going on: its process may have died.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(30);

    /// <summary>A long log is stored in stretches: a commit for every piece would take longer than reading it.</summary>
    private const int StretchPieces = 64;

    private const int StretchRuns = 500;

    private LogPosition? _position;

    public async Task<SyncLogReading> ReadAsync(CancellationToken cancellationToken)
    {
        if (folder.FindLogs() is not { } directory)
        {
            return new SyncLogReading(null, null, false, null);
        }

        var path = Path.Combine(directory, LogNames.SyncManager + ".log");
        var hasEnded = false;
        string? problem = null;
        try
        {
            _position ??= store.ReadLogPosition(LogNames.SyncManager) ?? new LogPosition { Name = LogNames.SyncManager };
            var isAtEnd = false;
            while (!isAtEnd)
            {
                var machine = new SyncLogMachine(SyncLogState.Parse(_position.State));
                (var next, isAtEnd) = ReadStretch(path, _position, machine, cancellationToken);
                hasEnded |= await SaveAsync(machine, next, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            problem = "The file doesn't exist.";
        }
        catch (IOException exception)
        {
            problem = $"The file can't be read right now: {exception.Message}";
        }
        catch (UnauthorizedAccessException)
        {
            problem = "The agent's account isn't allowed to read the file.";
        }
        catch (StoreException exception)
        {
            problem = exception.Message;
        }

        return Describe(path, problem, hasEnded);
    }

    private static (LogPosition Next, bool IsAtEnd) ReadStretch(string path, LogPosition position, SyncLogMachine machine, CancellationToken cancellationToken)
    {
        var isAtEnd = false;
        for (var piece = 0; !isAtEnd && piece < StretchPieces && machine.Changed.Count < StretchRuns; piece++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var step = LogFollower.Read(path, position, machine.Take);
            (position, isAtEnd) = (step.Position, step.IsAtEnd);
        }

        return (position with { State = machine.State.ToString() }, isAtEnd);
    }

    private async Task<bool> SaveAsync(SyncLogMachine machine, LogPosition next, CancellationToken cancellationToken)
    {
        if (next == _position)
        {
            return false;
        }

        await store.SaveAsync(new StoreBatch { SyncRuns = [.. machine.Changed], LogPosition = next }, cancellationToken).ConfigureAwait(false);
        _position = next;
        return machine.Changed.Any(run => run.EndedAt is not null);
    }

    private SyncLogReading Describe(string path, string? problem, bool hasEnded)
    {
        var state = SyncLogState.Parse(_position?.State);
        var isSilent = state.LastLineAt is not { } last || timeProvider.GetUtcNow() - last > LongestSilence;
        var log = new LogReadState
        {
            Path = path,
            Position = _position?.Position ?? 0,
            LinesRead = _position?.LinesRead ?? 0,
            LinesSkipped = _position?.LinesSkipped ?? 0,
            Problem = problem,
        };

        return new SyncLogReading(log, isSilent ? null : state.Progress, hasEnded, state.LastMessage);
    }
}
