using System.Runtime.InteropServices;
using System.Xml;
using Microsoft.Web.Administration;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>Reads the IIS of the server. Each read takes a fresh view of the configuration.</summary>
public sealed class IisReader(IisAccess access, WsusRegistry wsusRegistry, WorkerMemory memory, QueueCounters queues)
{
    private const string ClientWebService = "/ClientWebService";
    private const string UsualPoolName = "WsusPool";

    /// <summary>All pools and sites; null where IIS is not installed.</summary>
    /// <exception cref="EdgeException">IIS, or its configuration file, cannot be read.</exception>
    public async Task<IisState?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!access.IsInstalled())
        {
            return null;
        }

        var state = ReadConfiguration();
        var counts = await queues.ReadAsync(cancellationToken).ConfigureAwait(false);
        List<AppPool> pools = [];
        foreach (var pool in state.Pools)
        {
            pools.Add(await CompleteAsync(pool, counts.GetValueOrDefault(pool.Name), cancellationToken).ConfigureAwait(false));
        }

        return state with { Pools = pools };
    }

    private async Task<AppPool> CompleteAsync(AppPool pool, QueueCount? count, CancellationToken cancellationToken)
    {
        List<PoolWorker> workers = [];
        foreach (var worker in pool.Workers)
        {
            workers.Add(await memory.ReadAsync(worker.ProcessId, cancellationToken).ConfigureAwait(false));
        }

        return pool with { Workers = workers, QueuedRequests = count?.Queued, RejectedRequests = count?.Rejected };
    }

    private IisState ReadConfiguration()
    {
        try
        {
            using var manager = access.Open();
            var wsusSite = FindWsusSite(manager);
            var applications = manager.Sites.SelectMany(site => site.Applications).ToList();
            return new IisState
            {
                Pools = [.. manager.ApplicationPools.Select(pool => Read(pool, applications))],
                SiteNames = [.. manager.Sites.Select(site => site.Name)],
                WsusSiteName = wsusSite?.Name,
                WsusPoolName = FindWsusPool(manager, wsusSite),
            };
        }
        catch (XmlException exception)
        {
            throw new EdgeException(ReadFailure.Malformed, $"IIS's configuration is damaged at line {exception.LineNumber}, column {exception.LinePosition}: {exception.Message}", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new EdgeException(ReadFailure.AccessDenied, $"IIS's configuration refuses the agent's account: {exception.Message} The agent must run as Local System or as an administrator.", exception);
        }
        catch (COMException exception)
        {
            throw new EdgeException(ReadFailure.Malformed, $"IIS could not read its configuration: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new EdgeException(ReadFailure.Unavailable, $"IIS's configuration cannot be read at the moment: {exception.Message}", exception);
        }
    }

    private static AppPool Read(ApplicationPool pool, List<Application> applications) => new()
    {
        Name = pool.Name,
        State = WhileActivated(() => PoolMapping.ToPoolState(pool.State), PoolState.Unknown),
        Settings = PoolMapping.ToSettings(pool),
        ApplicationCount = applications.Count(application => string.Equals(application.ApplicationPoolName, pool.Name, StringComparison.OrdinalIgnoreCase)),
        Workers = WhileActivated<IReadOnlyList<PoolWorker>>(() => [.. pool.WorkerProcesses.Select(worker => new PoolWorker(worker.ProcessId, null, null))], []),
    };

    /// <summary>State and workers come from the service WAS; while it is stopped (iisreset does that) the settings are still there to be read.</summary>
    private static T WhileActivated<T>(Func<T> read, T otherwise)
    {
        try
        {
            return read();
        }
        catch (COMException)
        {
            return otherwise;
        }
    }

    /// <summary>The name of the site is translated, so it is found by its id, else by the application that only WSUS has.</summary>
    private Site? FindWsusSite(ServerManager manager)
    {
        var siteId = ReadSiteId();
        return manager.Sites.FirstOrDefault(site => site.Id == siteId && FindClientWebService(site) is not null)
            ?? manager.Sites.FirstOrDefault(site => FindClientWebService(site) is not null);
    }

    /// <summary>Where the registry refuses, the pools are still worth showing, and the site is found by its application.</summary>
    private long? ReadSiteId()
    {
        try
        {
            return wsusRegistry.FindSiteId();
        }
        catch (EdgeException)
        {
            return null;
        }
    }

    private static string? FindWsusPool(ServerManager manager, Site? wsusSite)
    {
        var name = wsusSite is null ? null : FindClientWebService(wsusSite)?.ApplicationPoolName;
        return name ?? (manager.ApplicationPools[UsualPoolName] is null ? null : UsualPoolName);
    }

    private static Application? FindClientWebService(Site site) =>
        site.Applications.FirstOrDefault(application => string.Equals(application.Path, ClientWebService, StringComparison.OrdinalIgnoreCase));
}
