using System.Management.Automation;
using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>A command that asks a dashboard. What goes wrong with one record is an error of that record; only where nothing can go on, the command ends.</summary>
public abstract class DashboardCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>The connection to use; without it, the newest one of Connect-WsdDashboard in this runspace.</summary>
    [Parameter]
    [ValidateNotNull]
    public WsdConnection? Connection { get; set; }

    private protected WsdConnection Dashboard => Connection ?? Connections.Current
        ?? throw new DashboardException("NotConnected", ErrorCategory.ConnectionError, "Not connected to a dashboard. Run Connect-WsdDashboard first.") { EndsCommand = true };

    private protected CancellationToken Cancellation => _stopping.Token;

    /// <summary>Ends what waits.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    private protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stopping.Dispose();
        }
    }

    /// <summary>Someone pressed Ctrl+C.</summary>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <summary>Does something for one target; a failure is written as an error of that target.</summary>
    private protected void Try(object? target, Action action)
    {
        try
        {
            action();
        }
        catch (DashboardException exception)
        {
            Tell(exception, target);
        }
        catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private protected void Tell(DashboardException exception, object? target)
    {
        var record = new ErrorRecord(exception, exception.ErrorId, exception.Category, target);
        if (exception.EndsCommand)
        {
            ThrowTerminatingError(record);
        }

        WriteError(record);
    }

    private protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>A switch as a filter: given, given as false, or absent.</summary>
    private protected bool? Given(SwitchParameter value, string parameter) => IsGiven(parameter) ? value.ToBool() : null;
}
