using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Installation;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Doctor.Reports;

/// <summary>Collects what goes into a report beside the examination; what cannot be read is left out, never a reason to have no report.</summary>
internal sealed class ReportCollector(AgentOptions options, AgentEdges edges, TimeProvider timeProvider)
{
    private const string NetworkKey = @"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";
    private const int NewestEntries = 200;
    private const int MaximumPolicyBytes = 64 * 1024;

    private static readonly TimeSpan LogLength = TimeSpan.FromDays(7);
    private static readonly TimeSpan LogLimit = TimeSpan.FromSeconds(15);

    public async Task<ReportContent> CollectAsync(DoctorReport report, ServiceExamination service, Func<CancellationToken, Task<string>> readSnapshot, CancellationToken cancellationToken)
    {
        var (snapshot, reason) = await TrySnapshotAsync(readSnapshot, cancellationToken);
        return new ReportContent
        {
            Report = report,
            Service = service,
            Options = options,
            Snapshot = snapshot,
            NoSnapshot = reason,
            Policy = TryPolicy(),
            Store = TryStore(),
            AgentLog = await TryLogAsync(cancellationToken),
            Domain = TryDomain(),
        };
    }

    private static async Task<(string? Snapshot, string? Reason)> TrySnapshotAsync(Func<CancellationToken, Task<string>> readSnapshot, CancellationToken cancellationToken)
    {
        try
        {
            return (await readSnapshot(cancellationToken), null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return (null, exception.Message);
        }
    }

    private string? TryPolicy()
    {
        try
        {
            var file = new FileInfo(Path.Combine(options.DataDirectory, LocalPolicy.FileName));
            return file is { Exists: true, Length: <= MaximumPolicyBytes } ? File.ReadAllText(file.FullName) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    private StoreExcerpt? TryStore()
    {
        try
        {
            return StoreExcerpt.Read(options.DataDirectory);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<WindowsEvent>> TryLogAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LogLimit, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var query = new EventQuery(WindowsEvents.ApplicationLog, InstallationPlan.EventSource, [], 0, timeProvider.GetUtcNow() - LogLength, 1000);
            return [.. (await edges.EventLog.QueryAsync(query, both.Token)).Events.TakeLast(NewestEntries)];
        }
        catch (Exception exception) when (exception is EdgeException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return [];
        }
    }

    private string TryDomain()
    {
        try
        {
            return edges.Registry.Read(NetworkKey, "Domain") as string ?? "";
        }
        catch (EdgeException)
        {
            return "";
        }
    }
}
