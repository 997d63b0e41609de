using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>The newest connection of each runspace, so that two runspaces of one process don't take over each other's. Any thread may ask.</summary>
internal static class Connections
{
    private static readonly ConditionalWeakTable<Runspace, WsdConnection> ByRunspace = new();
    private static readonly object Gate = new();

    public static WsdConnection? Current
    {
        get
        {
            lock (Gate)
            {
                return Runspace.DefaultRunspace is { } runspace && ByRunspace.TryGetValue(runspace, out var connection) ? connection : null;
            }
        }

        set
        {
            lock (Gate)
            {
                ByRunspace.Remove(Runspace.DefaultRunspace);
                if (value is not null)
                {
                    ByRunspace.Add(Runspace.DefaultRunspace, value);
                }
            }
        }
    }
}
