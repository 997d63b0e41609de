using System.Net;

namespace WsusDashboard.Agent.Api.Listening;

/// <summary>What the first bytes of a connection over the local channel say.</summary>
internal enum WireProtocol
{
    /// <summary>HTTP/1.x: the JSON verbs.</summary>
    Http1 = 1,

    /// <summary>HTTP/2 with prior knowledge: gRPC.</summary>
    Http2 = 2,
}

/// <summary>One protocol's share of the local channel.</summary>
internal sealed class SharedEndPoint(WireProtocol protocol) : EndPoint
{
    public WireProtocol Protocol { get; } = protocol;

    public override string ToString() => $"local channel, {Protocol}";
}
