using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>How large and how slow a request may be. Every body that the dashboard takes is small; slow senders do not hold connections.</summary>
internal static class RequestLimits
{
    private const long MaximumBodyBytes = 1024 * 1024;
    private const int MaximumHeaderBytes = 32 * 1024;
    private const int MaximumConnections = 5_000;

    /// <summary>People behind one address translation have a few each; a stranger needs five addresses to take all there are.</summary>
    private const int MaximumConnectionsOfAnAddress = 1_000;

    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Before the addresses that it listens on are named.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="isProxy">As in <see cref="ConnectionPlaces"/>.</param>
    public static void Apply(KestrelServerOptions kestrel, Func<System.Net.IPAddress, bool> isProxy)
    {
        var places = new ConnectionPlaces(MaximumConnectionsOfAnAddress, isProxy);
        kestrel.ConfigureEndpointDefaults(listen => listen.Use(places.Admit));
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = MaximumBodyBytes;
        limits.MaxRequestHeadersTotalSize = MaximumHeaderBytes;
        limits.MaxConcurrentConnections = MaximumConnections;
        limits.MaxConcurrentUpgradedConnections = MaximumConnections;
        limits.RequestHeadersTimeout = HeadersTimeout;
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }
}
