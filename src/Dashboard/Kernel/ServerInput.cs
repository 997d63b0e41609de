namespace WsusDashboard.Dashboard.Kernel;

/// <summary>What a person enters to add or edit a server.</summary>
public sealed record ServerInput
{
    public const int MaximumNameLength = 100;
    public const int MaximumSiteLength = 50;
    public const int MaximumAddressLength = 300;

    /// <summary>1 to 100 characters; empty = the computer's name, as the agent tells it, else the host of the address.</summary>
    public string? Name { get; init; }

    /// <summary>https://host:port of the agent, or the host alone (port 5101).</summary>
    public string? Address { get; init; }

    /// <summary>At most 50 characters; may be empty.</summary>
    public string? Site { get; init; }

    /// <summary>Id of a baseline; empty = the default.</summary>
    public string? Baseline { get; init; }
}
