using System.Globalization;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Doctor;

/// <summary>Tries all edges side by side. One that fails, hangs or throws ends no other, and the whole ends in time.</summary>
internal sealed class ProbeRunner(TimeProvider timeProvider)
{
    /// <summary>A server in trouble must not be asked thirty things at once.</summary>
    private const int SideBySide = 4;

    /// <summary>The whole examination ends after this time, whatever hangs.</summary>
    public static readonly TimeSpan LongestExamination = TimeSpan.FromSeconds(60);

    /// <returns>One result a probe, in the order of the probes.</returns>
    public async Task<IReadOnlyList<ProbeResult>> RunAsync(IReadOnlyList<Probe> probes, CancellationToken cancellationToken)
    {
        using var places = new SemaphoreSlim(SideBySide);
        using var end = new CancellationTokenSource(LongestExamination, timeProvider);
        return await Task.WhenAll(probes.Select(probe => RunAsync(probe, places, end.Token, cancellationToken)));
    }

    private async Task<ProbeResult> RunAsync(Probe probe, SemaphoreSlim places, CancellationToken end, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(end, cancellationToken);
        try
        {
            await places.WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProbeResult(probe.Area, probe.Edge, NotTried(probe), TimeSpan.Zero);
        }

        var begun = timeProvider.GetTimestamp();
        try
        {
            // A place that became free because the time is over.
            if (end.IsCancellationRequested)
            {
                return new ProbeResult(probe.Area, probe.Edge, NotTried(probe), TimeSpan.Zero);
            }

            var outcome = await TryAsync(probe, both.Token, cancellationToken);
            return new ProbeResult(probe.Area, probe.Edge, outcome, timeProvider.GetElapsedTime(begun));
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>A call that hangs in Windows cannot be ended: it is left behind, and its place is given to the next.</summary>
    private async Task<ProbeOutcome> TryAsync(Probe probe, CancellationToken end, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(probe.Limit, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(end, limit.Token);
        try
        {
            return await Task.Run(() => probe.TryAsync(both.Token), both.Token).WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            var silence = string.Create(CultureInfo.InvariantCulture, $"no answer within {(limit.IsCancellationRequested ? probe.Limit : LongestExamination).TotalSeconds:0} s");
            return Refuse(probe, ReadFailure.TimedOut, silence);
        }
        catch (WsusNotInstalledException exception)
        {
            return ProbeOutcome.NotInstalled(exception.Message);
        }
        catch (EdgeException exception) when (exception.Failure == ReadFailure.OnlyOnWindows)
        {
            return ProbeOutcome.NotInstalled(exception.Message);
        }
        catch (EdgeException exception)
        {
            return Refuse(probe, exception.Failure, exception.Message);
        }
        catch (Exception exception)
        {
            // Whatever an edge throws on a server that nobody has seen is what a bug report needs.
            return Refuse(probe, Classify(exception), $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private static ProbeOutcome Refuse(Probe probe, ReadFailure failure, string error) =>
        ProbeOutcome.Refused(failure, error, probe.Advise(failure) ?? ProbeAdvice.For(probe.Area, failure));

    private static ProbeOutcome NotTried(Probe probe) => Refuse(
        probe, ReadFailure.TimedOut, string.Create(CultureInfo.InvariantCulture, $"not tested: the examination ends after {LongestExamination.TotalSeconds:0} s, and others didn't answer"));

    private static ReadFailure Classify(Exception exception) => exception switch
    {
        UnauthorizedAccessException => ReadFailure.AccessDenied,
        TimeoutException => ReadFailure.TimedOut,
        FileNotFoundException or DirectoryNotFoundException => ReadFailure.NotFound,
        _ => ReadFailure.Other,
    };
}
