using System.Diagnostics.Metrics;
using System.Globalization;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Telemetry;

namespace WsusDashboard.Agent.Snapshots.Collecting;

/// <summary>Reads one section again and again: one read at a time, always a wait between two, longer after failures.</summary>
internal sealed partial class CollectorLoop(
    ICollector collector,
    SectionWriter writer,
    BusyState busy,
    AdaptiveInterval readingPace,
    AgentOptions options,
    TimeProvider timeProvider,
    ILogger logger) : IDisposable
{
    private static readonly Histogram<double> Duration = Instrumentation.CreateDuration("wsusdashboard.collector.duration", "Duration of reading a section; error.type where it couldn't be read.");
    private static readonly TimeSpan IdleCap = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BusyCap = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _wakeLock = new();
    private Task<Reading>? _unfinished;
    private int _failures;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var paceChange = busy.Changed;
            try
            {
                await ReadAsync(ReadDepth.Scheduled, stopping).ConfigureAwait(false);
            }
            catch (Exception exception) when (stopping.IsCancellationRequested && exception is OperationCanceledException or ObjectDisposedException)
            {
                // The agent ends; one that is ended hard has disposed of its parts before this read came back.
                return;
            }
            catch (Exception exception)
            {
                Log.ReadFailed(logger, collector.SectionName, exception);
            }

            await WaitAsync(paceChange, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Reads now and takes what was found into the snapshot.</summary>
    public async Task ReadAsync(ReadDepth depth, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var started = timeProvider.GetTimestamp();
            var reading = await CollectAsync(depth, cancellationToken).ConfigureAwait(false);
            _failures = reading.Status == SectionStatus.Unreadable ? _failures + 1 : 0;
            var duration = timeProvider.GetElapsedTime(started);
            readingPace.Note(duration);
            Duration.Record(duration, reading.Status == SectionStatus.Unreadable ? $"{reading.Failure}" : null, new() { { "wsusdashboard.section", collector.SectionName } });
            await writer.WriteAsync(collector.SectionName, reading, duration, Pace, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Ends the present wait.</summary>
    public void Wake()
    {
        lock (_wakeLock)
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
    }

    public void Dispose()
    {
        _gate.Dispose();
        _wake.Dispose();
    }

    private Pace Pace => readingPace.Of(
        collector.RepairInterval is { } ofRepair ? (busy.IsRepairing ? ofRepair : collector.IdleInterval)
        : busy.IsBusy ? options.BusyInterval
        : collector.IdleInterval);

    private async Task WaitAsync(Task paceChange, CancellationToken stopping)
    {
        var interval = Pace.Interval;
        var pause = _failures == 0 ? interval : new Backoff(interval, busy.IsBusy ? BusyCap : IdleCap).Next(_failures);
        var delay = pause > interval ? pause : interval;
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(Task.Delay(delay, timeProvider, woken.Token), paceChange, _wake.WaitAsync(woken.Token)).ConfigureAwait(false);
        await woken.CancelAsync().ConfigureAwait(false);
    }

    private async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken)
    {
        if (_unfinished is { IsCompleted: false })
        {
            return Reading.Unreadable(ReadFailure.TimedOut, "An earlier read hasn't finished, so a second one wasn't started.");
        }

        using var deadline = new CancellationTokenSource(collector.Timeout, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var token = linked.Token;

        // A source may block its thread and ignore the token (COM does): the read is then left behind, not waited for.
        _unfinished = Task.Run(() => collector.CollectAsync(depth, token), CancellationToken.None);
        try
        {
            return await _unfinished.WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            var seconds = collector.Timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
            return Reading.Unreadable(ReadFailure.TimedOut, $"The read didn't finish within {seconds} seconds and was abandoned.");
        }
        catch (EdgeException exception)
        {
            return Reading.Unreadable(exception);
        }
        catch (StoreException exception)
        {
            return Reading.Unreadable(ReadFailure.Other, exception.Message);
        }
        catch (Exception exception) when (exception is not ObjectDisposedException || !cancellationToken.IsCancellationRequested)
        {
            Log.ReadFailed(logger, collector.SectionName, exception);
            return Reading.Unreadable(ReadFailure.Other, $"The read failed: {exception.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Reading section {Section} failed unexpectedly")]
        public static partial void ReadFailed(ILogger logger, string section, Exception exception);
    }
}
