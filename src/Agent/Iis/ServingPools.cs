using Microsoft.Web.Administration;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>A pool that serves an application of WSUS, as it is at this moment.</summary>
/// <param name="Name">Of the pool.</param>
/// <param name="State">Unknown while WAS does not run.</param>
/// <param name="StartsOnDemand">True where a worker is started by the first request.</param>
/// <param name="HasWorker">Null where that cannot be read.</param>
/// <param name="EndsWhenIdle">True where a worker without requests is ended.</param>
public sealed record ServingPool(string Name, PoolState State, bool StartsOnDemand, bool? HasWorker, bool EndsWhenIdle)
{
    /// <summary>A request would start a worker that nobody needs now.</summary>
    public bool IsIdle => StartsOnDemand && HasWorker is false;

    public static ServingPool Of(AppPool pool) => new(
        pool.Name, pool.State, pool.Settings.StartMode == nameof(StartMode.OnDemand), pool.Workers.Count > 0, pool.Settings.IdleTimeout > TimeSpan.Zero);
}

/// <summary>Reads which pool serves each application of WSUS's site, and whether a request to it would wake one. Much less than <see cref="IisReader"/> reads: it is asked right before each question.</summary>
public sealed class ServingPools(IisAccess access, WsusRegistry wsusRegistry)
{
    /// <summary>Pools by the path of an application, for example "/ClientWebService". Empty where IIS, or WSUS's site in it, is not there.</summary>
    /// <exception cref="EdgeException">IIS, or its configuration file, cannot be read.</exception>
    public async Task<ServingApplications> ReadAsync(CancellationToken cancellationToken) =>
        access.IsInstalled() ? await Task.Run(ReadNow, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false) : ServingApplications.None;

    private ServingApplications ReadNow()
    {
        try
        {
            using var manager = access.Open();
            var applications = manager.Sites
                .SelectMany(site => site.Applications.Select(application => new SiteApplication(site.Name, site.Id, application.Path, application.ApplicationPoolName)))
                .ToList();
            var wsusSite = WsusSite.Find(manager, applications, wsusRegistry.FindSiteId(), "").SiteName;
            var workers = access.WhileActivated("worker processes", () => manager.WorkerProcesses.Select(worker => worker.AppPoolName).ToHashSet(StringComparer.OrdinalIgnoreCase), null);
            var pools = new Dictionary<string, ServingPool?>(StringComparer.OrdinalIgnoreCase);
            foreach (var name in applications.Where(application => application.SiteName == wsusSite).Select(application => application.PoolName))
            {
                pools.TryAdd(name, manager.ApplicationPools[name] is { } pool ? Read(pool, workers) : null);
            }

            return new ServingApplications(applications
                .Where(application => application.SiteName == wsusSite && pools[application.PoolName] is not null)
                .ToDictionary(application => application.Path, application => pools[application.PoolName]!, StringComparer.OrdinalIgnoreCase));
        }
        catch (Exception exception) when (exception is not EdgeException)
        {
            access.Refusals.Record("pools of WSUS's applications", exception);
            throw IisFailures.Translate("IIS couldn't be read", exception);
        }
    }

    private ServingPool Read(ApplicationPool pool, HashSet<string>? workers) => new(
        pool.Name,
        access.WhileActivated("state of a pool", () => PoolMapping.ToPoolState(pool.State), PoolState.Unknown),
        pool.StartMode == StartMode.OnDemand,
        workers?.Contains(pool.Name),
        pool.ProcessModel.IdleTimeout > TimeSpan.Zero);
}

/// <summary>The pools of WSUS's applications.</summary>
public sealed record ServingApplications(IReadOnlyDictionary<string, ServingPool> ByPath)
{
    private const string RootApplication = "/";

    public static ServingApplications None { get; } = new(new Dictionary<string, ServingPool>());

    /// <summary>The pool of an application; what has no application of its own, as a virtual directory has not, is served by the site's. Null where that is not known.</summary>
    public ServingPool? Find(string application) => ByPath.GetValueOrDefault(application) ?? ByPath.GetValueOrDefault(RootApplication);
}
