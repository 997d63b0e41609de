using System.Management.Automation;
using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Ends a connection and forgets its token.</summary>
/// <remarks>Without a parameter, ends the newest connection of this runspace. The token itself stays valid until it ends or you delete it on the page of your account.</remarks>
/// <example>
/// <code>Disconnect-WsdDashboard</code>
/// <para>Ends the connection of this runspace.</para>
/// </example>
[Cmdlet(VerbsCommunications.Disconnect, "WsdDashboard")]
public sealed class DisconnectWsdDashboardCommand : PSCmdlet
{
    /// <summary>The connection to end; without it, the newest one in this runspace.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public WsdConnection? Connection { get; set; }

    /// <summary>Disconnects.</summary>
    protected override void ProcessRecord()
    {
        var current = Connections.Current;
        var ended = Connection ?? current;
        ended?.Dispose();
        if (ended == current)
        {
            Connections.Current = null;
        }
    }
}
