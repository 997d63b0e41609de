using Microsoft.Web.Administration;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>A pool as it was opened: it can be started without its configuration file, which may be damaged since. IIS itself works with what it has in memory.</summary>
/// <remarks>For one thread at a time.</remarks>
public sealed class HeldPool : IDisposable
{
    private readonly ServerManager _manager;
    private readonly ApplicationPool _pool;

    internal HeldPool(ServerManager manager, ApplicationPool pool) => (_manager, _pool) = (manager, pool);

    /// <summary>Asks for a start, where it is stopped; returns the state right after the request.</summary>
    /// <exception cref="EdgeException">IIS refused.</exception>
    public async Task<PoolState> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => PoolMapping.ToPoolState(_pool.State is ObjectState.Stopped ? _pool.Start() : _pool.State), cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or EdgeException))
        {
            throw IisFailures.Translate($"Pool {_pool.Name} couldn't be started", exception);
        }
    }

    public void Dispose() => _manager.Dispose();
}
