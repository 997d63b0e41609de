using System.Diagnostics;

namespace WsusDashboard.PowerShell.Client;

/// <summary>Time for waiting. TimeProvider isn't part of .NET Framework; tests have a clock that stands still.</summary>
internal class ModuleClock
{
    private readonly Stopwatch _stopwatch = Stopwatch.StartNew();

    public virtual TimeSpan Elapsed => _stopwatch.Elapsed;

    /// <exception cref="OperationCanceledException">Someone ended the command.</exception>
    public virtual void Wait(TimeSpan time, CancellationToken cancellationToken)
    {
        cancellationToken.WaitHandle.WaitOne(time);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
