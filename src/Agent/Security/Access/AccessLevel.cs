namespace WsusDashboard.Agent.Security.Access;

/// <summary>What a caller must be to use an endpoint of the agent.</summary>
internal enum AccessLevel
{
    /// <summary>Anybody with a key of his own over TLS: only the pairing itself.</summary>
    Pair = 1,

    /// <summary>A paired hub, or somebody on the server, over its local channel; nothing is changed.</summary>
    Read = 2,

    /// <summary>As <see cref="Read"/>; a hub must say who asks and until when (CommandContext), and the local policy decides.</summary>
    Act = 3,

    /// <summary>A paired hub over its own TLS connection: what concerns its own trust.</summary>
    Hub = 4,

    /// <summary>Somebody on the server, over its local channel; no hub.</summary>
    Local = 5,

    /// <summary>As <see cref="Read"/>, and a program on this server that comes in by the port for metrics.</summary>
    Metrics = 6,
}
