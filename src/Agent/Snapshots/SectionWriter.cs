using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Snapshots;

/// <summary>Takes a reading into the snapshot: events of real changes first, then the section.</summary>
internal sealed partial class SectionWriter(
    SnapshotStore snapshots,
    StateTracker states,
    CollectorMeasures measures,
    BusyState busy,
    TimeProvider timeProvider,
    ILogger logger)
{
    /// <summary>The pool of WSUS is started again, or is seen started for the first time.</summary>
    public event Action? WsusPoolStarted;

    public async Task WriteAsync(string sectionName, Reading reading, TimeSpan duration, Pace pace, CancellationToken cancellationToken)
    {
        var slot = SectionBindings.Find(sectionName);
        var now = timeProvider.GetUtcNow();
        measures.Record(sectionName, reading.Status == SectionStatus.Unreadable, duration, now);
        await ObserveAsync(slot, reading, cancellationToken).ConfigureAwait(false);
        var value = reading.Value is { } found ? slot.WithSince(found, states.Since) : null;
        var before = snapshots.Current;
        var after = snapshots.Apply(slot, reading.WithValue(value), new ReadTiming(now, duration, pace));
        LogChange(slot, before, reading);
        busy.Set(sectionName, slot.IsBusy(after));
        if (!IsWsusPoolStarted(before) && IsWsusPoolStarted(after))
        {
            WsusPoolStarted?.Invoke();
        }
    }

    private static bool IsWsusPoolStarted(Snapshot snapshot) =>
        snapshot.Iis is { Status: SectionStatus.Ok, Value.WsusPool.State: PoolState.Started };

    private async Task ObserveAsync(SectionBinding slot, Reading reading, CancellationToken cancellationToken)
    {
        var isOk = reading.Status == SectionStatus.Ok;
        List<ObservedState> observed = [new ObservedState(StateSubjects.Section(slot.Name), reading.Status.ToString())];
        if (isOk && reading.Value is { } value)
        {
            observed.AddRange(slot.StatesOf(value));
        }

        try
        {
            await states.ObserveAsync(slot.Name, observed, isOk, reading.Error ?? "", cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException exception)
        {
            Log.NotStored(logger, slot.Name, exception);
        }
    }

    private void LogChange(SectionBinding slot, Snapshot before, Reading reading)
    {
        var was = slot.StatusOf(before);
        if (reading.Status == SectionStatus.Unreadable && was != SectionStatus.Unreadable)
        {
            Log.Unreadable(logger, slot.Name, reading.Failure, reading.Error);
        }
        else if (reading.Status != SectionStatus.Unreadable && was == SectionStatus.Unreadable)
        {
            Log.ReadableAgain(logger, slot.Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Section {Section} can't be read ({Failure}): {Error}")]
        public static partial void Unreadable(ILogger logger, string section, ReadFailure failure, string? error);

        [LoggerMessage(2, LogLevel.Information, "Section {Section} can be read again")]
        public static partial void ReadableAgain(ILogger logger, string section);

        [LoggerMessage(3, LogLevel.Error, "Couldn't store changes of section {Section}; trying again with the next read")]
        public static partial void NotStored(ILogger logger, string section, Exception exception);
    }
}
