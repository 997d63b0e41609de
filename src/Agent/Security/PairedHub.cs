namespace WsusDashboard.Agent.Security;

/// <summary>A hub that this agent trusts.</summary>
public sealed record PairedHub
{
    /// <summary>32 hexadecimal digits that the hub gave itself.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Pin of the hub's key.</summary>
    public required string Pin { get; init; }

    /// <summary>Pin of the key that the hub has announced as its next one; right as well, until it is used.</summary>
    public string? NextPin { get; init; }

    public required DateTimeOffset PairedAt { get; init; }

    /// <summary>Network address of the pairing, or the enrolment token.</summary>
    public required string PairedFrom { get; init; }

    /// <summary>The hub's ports for agents that someone on this server gave, at most <see cref="Shared.Trust.OutboundProtocol.MaximumAddresses"/>; no hub changes them. Empty = the hub connects to the agent.</summary>
    public IReadOnlyList<Uri> Addresses { get; init; } = [];

    /// <summary>The ports for agents of all dashboards of the hub, by the newest list that it signed, at most as many; beside those that were given, never in their place.</summary>
    public IReadOnlyList<Uri> ListedAddresses { get; init; } = [];

    /// <summary>Revision of that list; 0 = none came yet. Only a higher one is taken.</summary>
    public long ListRevision { get; init; }

    /// <summary>Pin of the agent's next key that this hub has stored; null outside of a rotation.</summary>
    public string? KnownSuccessor { get; init; }
}
