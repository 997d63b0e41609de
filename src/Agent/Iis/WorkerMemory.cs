using System.Globalization;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>Private bytes and start of worker processes, from WMI.</summary>
public sealed class WorkerMemory(IWmi wmi)
{
    private const long BytesPerKilobyte = 1024;

    /// <summary>One worker. What cannot be read is unknown: the pools are worth showing without it.</summary>
    public async Task<PoolWorker> ReadAsync(int processId, CancellationToken cancellationToken)
    {
        try
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"SELECT ProcessId, PrivatePageCount, CreationDate FROM Win32_Process WHERE ProcessId = {processId}");
            var rows = await wmi.QueryAsync(@"root\cimv2", query, cancellationToken).ConfigureAwait(false);
            return rows.Count == 0
                ? new PoolWorker(processId, null, null)
                // PrivatePageCount is in bytes, whatever its name says (documentation of Win32_Process).
                : new PoolWorker(processId, WmiValues.Number(rows[0]["PrivatePageCount"]) / BytesPerKilobyte, WmiValues.Time(rows[0]["CreationDate"]));
        }
        catch (EdgeException)
        {
            return new PoolWorker(processId, null, null);
        }
    }
}
