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

    /// <summary>The hub's ports for agents, https addresses that this agent connects to itself, at most <see cref="Shared.Trust.OutboundProtocol.MaximumAddresses"/>; empty = the hub connects to the agent.</summary>
    public IReadOnlyList<Uri> Addresses { get; init; } = [];

    /// <summary>Pin of the agent's next key that this hub has stored; null outside of a rotation.</summary>
    public string? KnownSuccessor { get; init; }
}
