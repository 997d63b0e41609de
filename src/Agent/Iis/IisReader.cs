using Microsoft.Web.Administration;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>Reads the IIS of the server. Each read takes a fresh view of the configuration.</summary>
public sealed class IisReader(IisAccess access, WsusRegistry wsusRegistry, WorkerMemory memory, QueueCounters queues, CompressionSchemeReader compression, WsusSiteSettings siteSettings)
{
    /// <summary>All pools and sites; null where IIS is not installed.</summary>
    /// <exception cref="EdgeException">IIS, or its configuration file, cannot be read.</exception>
    public async Task<IisState?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!access.IsInstalled())
        {
            return null;
        }

        var state = ReadConfiguration();
        state = state with { WebServiceLimits = [.. siteSettings.ReadLimits()] };
        state = state with { CompressionSchemes = [.. await compression.CompleteAsync(state.CompressionSchemes, cancellationToken).ConfigureAwait(false)] };
        var counts = await queues.ReadAsync(cancellationToken).ConfigureAwait(false);
        var workers = state.Pools.Any(pool => pool.Workers.Count > 0) ? await memory.ReadAsync(cancellationToken).ConfigureAwait(false) : new Dictionary<int, PoolWorker>();
        return state with { Pools = [.. state.Pools.Select(pool => Complete(pool, counts.GetValueOrDefault(pool.Name), workers))] };
    }

    private static AppPool Complete(AppPool pool, QueueCount? count, IReadOnlyDictionary<int, PoolWorker> workers) => pool with
    {
        Workers = [.. pool.Workers.Select(worker => workers.GetValueOrDefault(worker.ProcessId, worker))],
        QueuedRequests = count?.Queued,
        RejectedRequests = count?.Rejected,
    };

    private IisState ReadConfiguration()
    {
        try
        {
            using var manager = access.Open();
            var applications = manager.Sites
                .SelectMany(site => site.Applications.Select(application => new SiteApplication(site.Name, site.Id, application.Path, application.ApplicationPoolName)))
                .ToList();
            var applicationCounts = applications.CountBy(application => application.PoolName, StringComparer.OrdinalIgnoreCase).ToDictionary(StringComparer.OrdinalIgnoreCase);
            var workers = access.WhileActivated("worker processes", () => manager.WorkerProcesses.ToLookup(worker => worker.AppPoolName, worker => worker.ProcessId, StringComparer.OrdinalIgnoreCase), null);
            var (siteId, problem) = ReadSiteId();
            var wsus = WsusSite.Find(manager, applications, siteId, problem);
            var (schemes, compressionProblem) = compression.ReadConfigured(manager);
            var (directories, directoriesProblem) = siteSettings.ReadDirectories(manager, wsus.SiteName);
            return new IisState
            {
                Pools = [.. manager.ApplicationPools.Select(pool => Read(pool, applicationCounts, workers))],
                SiteNames = [.. manager.Sites.Select(site => site.Name)],
                WsusSiteName = wsus.SiteName,
                WsusPoolName = wsus.PoolName,
                WsusPoolNote = wsus.Note,
                CompressionSchemes = [.. schemes],
                CompressionProblem = compressionProblem,
                WsusDirectories = [.. directories],
                WsusDirectoriesProblem = directoriesProblem,
            };
        }
        catch (Exception exception) when (exception is not EdgeException)
        {
            access.Refusals.Record("configuration", exception);
            throw IisFailures.Translate("IIS couldn't be read", exception);
        }
    }

    private AppPool Read(ApplicationPool pool, Dictionary<string, int> applicationCounts, ILookup<string, int>? workers) => new()
    {
        Name = pool.Name,
        State = access.WhileActivated("state of a pool", () => PoolMapping.ToPoolState(pool.State), PoolState.Unknown),
        Settings = PoolMapping.ToSettings(pool),
        ApplicationCount = applicationCounts.GetValueOrDefault(pool.Name),
        Workers = [.. (workers?[pool.Name] ?? []).Select(processId => new PoolWorker(processId, null, null))],
    };

    /// <summary>Where the registry refuses, the pools are still worth showing, and the site is found by its application.</summary>
    private (long? SiteId, string Problem) ReadSiteId()
    {
        try
        {
            return (wsusRegistry.FindSiteId(), "");
        }
        catch (EdgeException exception)
        {
            return (null, exception.Message);
        }
    }
}
