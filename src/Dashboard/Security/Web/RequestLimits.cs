using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>How large and how slow a request may be. Every body that the dashboard takes is small; slow senders do not hold connections.</summary>
internal static class RequestLimits
{
    private const long MaximumBodyBytes = 1024 * 1024;
    private const int MaximumHeaderBytes = 32 * 1024;
    private const int MaximumConnections = 5_000;

    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(15);

    public static void Apply(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = MaximumBodyBytes;
        limits.MaxRequestHeadersTotalSize = MaximumHeaderBytes;
        limits.MaxConcurrentConnections = MaximumConnections;
        limits.MaxConcurrentUpgradedConnections = MaximumConnections;
        limits.RequestHeadersTimeout = HeadersTimeout;
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }
}
