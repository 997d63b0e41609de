using Microsoft.Web.Administration;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>Changes application pools: starts, stops, recycles, sets values. Each call works on a ServerManager of its own, because one keeps what it read first.</summary>
/// <param name="openServerManager">Opens the configuration as it is now.</param>
/// <param name="refusals">Keeps what IIS refuses, for a report.</param>
/// <remarks>Safe for use from several threads. One commit at a time, also where the caller of the one before has given up waiting for it.</remarks>
public sealed class PoolActions(Func<ServerManager> openServerManager, IisRefusals refusals) : IDisposable
{
    private const string SettingsCall = "settings of a pool";

    private readonly SemaphoreSlim _commits = new(1, 1);

    /// <summary>State of a pool now.</summary>
    /// <exception cref="EdgeException">IIS cannot be read, or has no such pool (NotFound).</exception>
    public Task<PoolState> ReadStateAsync(string name, CancellationToken cancellationToken) =>
        CallAsync("state of a pool", $"The state of pool {name} couldn't be read", name, pool => PoolMapping.ToPoolState(pool.State), cancellationToken);

    /// <summary>Asks for a start; returns the state right after the request.</summary>
    /// <exception cref="EdgeException">IIS refused.</exception>
    public Task<PoolState> StartAsync(string name, CancellationToken cancellationToken) =>
        CallAsync("start of a pool", $"Pool {name} couldn't be started", name, pool => PoolMapping.ToPoolState(pool.Start()), cancellationToken);

    /// <inheritdoc cref="StartAsync"/>
    public Task<PoolState> StopAsync(string name, CancellationToken cancellationToken) =>
        CallAsync("stop of a pool", $"Pool {name} couldn't be stopped", name, pool => PoolMapping.ToPoolState(pool.Stop()), cancellationToken);

    /// <inheritdoc cref="StartAsync"/>
    public Task<PoolState> RecycleAsync(string name, CancellationToken cancellationToken) =>
        CallAsync("recycling of a pool", $"Pool {name} couldn't be recycled", name, pool => PoolMapping.ToPoolState(pool.Recycle()), cancellationToken);

    /// <summary>Opens a pool, so that it can be started whatever becomes of the configuration file meanwhile.</summary>
    /// <exception cref="EdgeException">IIS cannot be read, or has no such pool (NotFound).</exception>
    public async Task<HeldPool> HoldAsync(string name, CancellationToken cancellationToken)
    {
        var what = $"Pool {name} couldn't be read";
        try
        {
            return await Task.Run(
                () =>
                {
                    var manager = openServerManager();
                    try
                    {
                        return new HeldPool(manager, Find(what, manager, name));
                    }
                    catch
                    {
                        manager.Dispose();
                        throw;
                    }
                },
                cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or EdgeException))
        {
            refusals.Record("state of a pool", exception);
            throw IisFailures.Translate(what, exception);
        }
    }

    /// <summary>Sets values in one commit. Where the configuration changed under it, it is read again and tried once more.</summary>
    /// <param name="name">The pool.</param>
    /// <param name="values">Keys of PoolSettingCatalog with invariant text.</param>
    /// <param name="cancellationToken">Ends the wait; a commit that has begun is still made whole or not at all.</param>
    /// <exception cref="EdgeException">Nothing was changed; the message says why.</exception>
    public async Task ApplyAsync(string name, IReadOnlyList<KeyValuePair<string, string>> values, CancellationToken cancellationToken)
    {
        var what = $"The settings of pool {name} couldn't be changed";
        try
        {
            try
            {
                await CommitAsync(what, name, values, cancellationToken);
            }
            catch (Exception exception) when (IisFailures.IsConflict(exception))
            {
                refusals.Record(SettingsCall, exception);

                // Another program committed between our read and our commit: its change is in the file that is read now.
                await CommitAsync(what, name, values, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or EdgeException))
        {
            refusals.Record(SettingsCall, exception);
            throw IisFailures.Translate(what, exception);
        }
    }

    /// <summary>Ends when no commit goes on: what is read from here on is what the last one left.</summary>
    public async Task WhenCommittedAsync(CancellationToken cancellationToken)
    {
        await _commits.WaitAsync(cancellationToken);
        _commits.Release();
    }

    public void Dispose() => _commits.Dispose();

    private async Task CommitAsync(string what, string name, IReadOnlyList<KeyValuePair<string, string>> values, CancellationToken cancellationToken)
    {
        await _commits.WaitAsync(cancellationToken);

        // Without the caller's token: whoever gives up does not let the next one in beside a commit that still goes on.
        var commit = Task.Run(
            () =>
            {
                try
                {
                    Commit(what, name, values);
                }
                finally
                {
                    _commits.Release();
                }
            },
            CancellationToken.None);
        await commit.WaitAsync(cancellationToken);
    }

    private void Commit(string what, string name, IReadOnlyList<KeyValuePair<string, string>> values)
    {
        using var manager = openServerManager();
        var pool = Find(what, manager, name);
        foreach (var (key, value) in values)
        {
            PoolSettingWriter.Write(pool, key, value);
        }

        manager.CommitChanges();
    }

    private async Task<T> CallAsync<T>(string call, string what, string name, Func<ApplicationPool, T> change, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(
                () =>
                {
                    using var manager = openServerManager();
                    return change(Find(what, manager, name));
                },
                cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or EdgeException))
        {
            refusals.Record(call, exception);
            throw IisFailures.Translate(what, exception);
        }
    }

    private static ApplicationPool Find(string what, ServerManager manager, string name) =>
        manager.ApplicationPools[name] ?? throw new EdgeException(ReadFailure.NotFound, $"{what}: IIS has no application pool with that name.");
}
