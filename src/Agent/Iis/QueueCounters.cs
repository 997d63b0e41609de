using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Iis;

/// <summary>The request queue of a pool, as HTTP.sys counts it.</summary>
/// <param name="Queued">Requests that wait now.</param>
/// <param name="Rejected">Requests refused with 503 since the counter began.</param>
public sealed record QueueCount(long? Queued, long? Rejected);

/// <summary>Counters of the request queues, from WMI's formatted performance classes.</summary>
/// <remarks>
/// The class and its properties are as a generator wrote them down from a Windows Server 2008 R2 (public repository delphi-wmi-class-generator:
/// CurrentQueueSize and RejectedRequests of …_Counters_HTTPServiceRequestQueues). Class and property names are not translated, unlike those of
/// performance counters. From memory only: that an instance is named like its pool. Where the class is absent, the counts are unknown.
/// </remarks>
public sealed class QueueCounters(IWmi wmi)
{
    private const string Query = "SELECT Name, CurrentQueueSize, RejectedRequests FROM Win32_PerfFormattedData_Counters_HTTPServiceRequestQueues";

    /// <summary>Counts by pool name; empty where they cannot be read.</summary>
    public async Task<IReadOnlyDictionary<string, QueueCount>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await QueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EdgeException)
        {
            return new Dictionary<string, QueueCount>();
        }
    }

    /// <summary>Counts by pool name.</summary>
    /// <exception cref="EdgeException">They cannot be read.</exception>
    public async Task<IReadOnlyDictionary<string, QueueCount>> QueryAsync(CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, QueueCount>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in await wmi.QueryAsync(@"root\cimv2", Query, cancellationToken).ConfigureAwait(false))
        {
            counts[WmiValues.Text(row["Name"])] = new QueueCount(WmiValues.Number(row["CurrentQueueSize"]), WmiValues.Number(row["RejectedRequests"]));
        }

        return counts;
    }
}
