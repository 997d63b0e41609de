using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>Private bytes and start of worker processes, from WMI: one question for all of them, however many pools there are.</summary>
public sealed class WorkerMemory(IWmi wmi)
{
    private const string Query = "SELECT ProcessId, PrivatePageCount, CreationDate FROM Win32_Process WHERE Name = 'w3wp.exe'";
    private const long BytesPerKilobyte = 1024;

    /// <summary>Workers by process id. Empty where they cannot be read: the pools are worth showing without it.</summary>
    public async Task<IReadOnlyDictionary<int, PoolWorker>> ReadAsync(CancellationToken cancellationToken)
    {
        var workers = new Dictionary<int, PoolWorker>();
        try
        {
            foreach (var row in await wmi.QueryAsync(@"root\cimv2", Query, cancellationToken).ConfigureAwait(false))
            {
                if (WmiValues.Number(row["ProcessId"]) is > 0 and <= int.MaxValue and var processId)
                {
                    // PrivatePageCount is in bytes, whatever its name says.
                    workers[(int)processId] = new PoolWorker((int)processId, WmiValues.Number(row["PrivatePageCount"]) / BytesPerKilobyte, WmiValues.Time(row["CreationDate"]));
                }
            }
        }
        catch (EdgeException)
        {
            workers.Clear();
        }

        return workers;
    }
}
