using System.Management.Automation;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Gets servers with their health, cause and last sync.</summary>
/// <remarks>Lists the servers that the token can see, the worst first; with names, those that match. With -ServerId or -Detailed, each server is asked for alone and has its operating system, versions and baseline too.</remarks>
/// <example>
/// <code>Get-WsdServer -Health Critical</code>
/// <para>Lists the servers on which something doesn't work.</para>
/// </example>
/// <example>
/// <code>Get-WsdServer BRN-* | Where-Object Playbook | Repair-WsdServer -WhatIf</code>
/// <para>Shows what a repair would do on each server of a site that one can help.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "WsdServer", SupportsPaging = true)]
[OutputType(typeof(WsdServer))]
public sealed class GetWsdServerCommand : ListCmdlet
{
    /// <summary>Names of servers; * and ? stand for any characters.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ServerName")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Ids of servers in this dashboard.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int[] ServerId { get; set; } = [];

    /// <summary>Only servers of this site.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Site { get; set; }

    /// <summary>Only servers with this health.</summary>
    [Parameter]
    public WsdHealth? Health { get; set; }

    /// <summary>Only servers with which this is going on.</summary>
    [Parameter]
    public WsdCondition? Condition { get; set; }

    /// <summary>Only servers with this cause, by its id.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Cause { get; set; }

    /// <summary>Only servers that differ from their baseline; -Drifted:$false for those that don't.</summary>
    [Parameter]
    public SwitchParameter Drifted { get; set; }

    /// <summary>With operating system, versions and baseline; one request more for each server.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <summary>Writes the servers.</summary>
    protected override void ProcessRecord()
    {
        if (ServerId.Length > 0)
        {
            foreach (var id in ServerId)
            {
                Try(id, () => WriteChosen([Dashboard.Get($"/servers/{id}", Cancellation)], WsdServer.From));
            }
        }
        else if (Name.Length > 0)
        {
            foreach (var name in Name)
            {
                Try(name, () => WriteChosen(Find(name), Convert));
            }
        }
        else
        {
            Try(null, () => WriteRows("/servers", Filter(), Convert));
        }
    }

    /// <summary>A whole name has to be there, though the filters may leave it out; that nothing matches a pattern is no error.</summary>
    private IEnumerable<JsonValue> Find(string name)
    {
        var found = ServerLookup.FindMatching(Dashboard, name, Filter(), Cancellation);
        if (WildcardPattern.ContainsWildcardCharacters(name))
        {
            return found;
        }

        var named = found.ToList();
        if (named.Count == 0)
        {
            ServerLookup.FindExact(Dashboard, name, Cancellation);
        }

        return named;
    }

    private ApiQuery Filter() => new ApiQuery()
        .Add("site", Site)
        .Add("health", Health)
        .Add("condition", Condition)
        .Add("cause", Cause)
        .Add("drifted", Given(Drifted, nameof(Drifted)));

    private WsdServer Convert(JsonValue server) => WsdServer.From(Detailed ? Dashboard.Get($"/servers/{server["id"].Count}", Cancellation) : server);
}
