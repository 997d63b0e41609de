using System.Net;

namespace WsusDashboard.Agent.Api.Listening;

/// <summary>Where connections come from that this agent has opened itself: no address, and nothing listens.</summary>
internal sealed class OutboundEndPoint : EndPoint
{
    public override string ToString() => "outbound";
}
