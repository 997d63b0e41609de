using System.Management.Automation;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>A command that starts or ends a repair and follows it to its end. Ending the command doesn't end the repair: the server carries it out.</summary>
public abstract class RepairCmdlet : DashboardCmdlet
{
    private static readonly TimeSpan ShortPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(10);

    /// <summary>Returns at once, with the repair as it starts, instead of following it.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>How long to follow the repair, in minutes. The repair goes on after that.</summary>
    [Parameter]
    [ValidateRange(1, 1440)]
    public int WaitMinutes { get; set; } = 240;

    /// <summary>Shows how a repair goes on until its end, writes it, and an error if it didn't succeed.</summary>
    /// <param name="isGood">Whether this end is what was asked for.</param>
    private protected void Follow(JsonValue started, Func<WsdRepair, bool> isGood)
    {
        var repair = WsdRepair.From(started);
        if (NoWait)
        {
            WriteObject(repair);
            return;
        }

        var clock = Dashboard.Clock;
        var (began, isSilent) = (clock.Elapsed, false);
        while (!repair.IsFinal)
        {
            Show(repair, ProgressRecordType.Processing);
            if (clock.Elapsed - began > TimeSpan.FromMinutes(WaitMinutes))
            {
                WriteObject(repair);
                Tell(new("StillRunning", ErrorCategory.OperationTimeout, $"Repair {repair.RepairId} of {repair.ServerName} hasn't ended within {WaitMinutes} min. It goes on; Get-WsdRepair {repair.RepairId} shows how."), repair);
                return;
            }

            clock.Wait(isSilent || clock.Elapsed - began > TimeSpan.FromMinutes(5) ? LongPause : ShortPause, Cancellation);
            try
            {
                repair = WsdRepair.From(Dashboard.Get($"/repairs/{Uri.EscapeDataString(repair.RepairId)}", Cancellation));
                isSilent = false;
            }
            catch (DashboardException exception) when (exception.MayPass)
            {
                if (!isSilent)
                {
                    WriteWarning($"{exception.Message} The repair goes on; this command keeps asking.");
                }

                isSilent = true;
            }
        }

        Show(repair, ProgressRecordType.Completed);
        WriteObject(repair);
        if (!isGood(repair))
        {
            Tell(new("RepairDidNotSucceed", ErrorCategory.OperationStopped, $"Repair {repair.RepairId} of {repair.ServerName} ended as {repair.State}. {repair.Sentence}".TrimEnd()), repair);
        }
    }

    private void Show(WsdRepair repair, ProgressRecordType type)
    {
        var ended = repair.Steps.Count(step => step.State is "done" or "skipped" or "failed");
        var current = repair.Steps.LastOrDefault(step => step.State is not ("waiting" or "notRun"));
        var status = repair.State == "waitingForApproval" ? "Waiting for approval on the server"
            : current is null ? "Starting"
            : $"Step {current.Number} of {repair.Steps.Length}: {current.Title}";
        WriteProgress(new(1, $"{repair.Playbook} on {repair.ServerName}", status)
        {
            CurrentOperation = current?.Message,
            PercentComplete = repair.Steps.Length == 0 ? -1 : 100 * ended / repair.Steps.Length,
            RecordType = type,
        });
    }
}
