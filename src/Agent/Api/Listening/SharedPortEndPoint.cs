using System.Net;

namespace WsusDashboard.Agent.Api.Listening;

/// <summary>What the first bytes of a connection say.</summary>
internal enum WireProtocol
{
    /// <summary>HTTP/1.x in plain text: the JSON verbs, for programs on this computer.</summary>
    Http1 = 1,

    /// <summary>HTTP/2 with prior knowledge in plain text: gRPC, for programs on this computer.</summary>
    Http2 = 2,

    /// <summary>TLS: hubs.</summary>
    Tls = 3,
}

/// <summary>One protocol's share of a port that several protocols use.</summary>
internal sealed class SharedPortEndPoint(IPEndPoint address, WireProtocol protocol) : EndPoint
{
    public IPEndPoint Address { get; } = address;

    public WireProtocol Protocol { get; } = protocol;

    public override string ToString() => Address.ToString();
}
