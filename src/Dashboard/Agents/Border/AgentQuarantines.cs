using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Agents.Border;

/// <summary>Why nothing is taken from an agent at present.</summary>
/// <param name="Reason">For a person: what it did.</param>
/// <param name="Since">UTC.</param>
/// <param name="Until">UTC: it is tried again then, by the clock as it was when it began.</param>
/// <param name="Begun">The same moment by the clock that nobody sets.</param>
/// <param name="Lasts">How long from then on.</param>
internal sealed record Quarantine(string Reason, DateTimeOffset Since, DateTimeOffset Until, long Begun, TimeSpan Lasts)
{
    /// <summary>None where it is over.</summary>
    public TimeSpan Left(TimeProvider timeProvider) => Lasts - timeProvider.GetElapsedTime(Begun);
}

/// <summary>
/// The agents that broke the contract. Nothing is asked of one and nothing taken from it until its time is over, a person lets it go, or it is paired again. It holds in memory at once, and in the database so that
/// a restart forgets none. Threading: any thread.
/// </summary>
internal sealed partial class AgentQuarantines(IDbContextFactory<DashboardContext> contexts, TimeProvider timeProvider, ILogger<AgentQuarantines> logger, IOwnership ownership, Announcements? announcements = null) : IDisposable
{
    /// <summary>Then it is tried again: what an agent sent by mistake may be over, and an agent that goes on is back here with its first word.</summary>
    public static TimeSpan Length { get; } = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<int, Quarantine> _quarantines = new();
    private readonly ConcurrentDictionary<int, bool> _notStored = new();
    private readonly SemaphoreSlim _saving = new(1, 1);

    /// <summary>Null where it is in none, or its time is over.</summary>
    public Quarantine? Find(int serverId) => _quarantines.GetValueOrDefault(serverId) is { } known && known.Left(timeProvider) > TimeSpan.Zero ? known : null;

    /// <summary>Puts an agent into quarantine, from this moment on; stored soon.</summary>
    public void Put(int serverId, string reason)
    {
        var (now, begun) = (timeProvider.GetUtcNow(), timeProvider.GetTimestamp());
        _quarantines.AddOrUpdate(
            serverId,
            _ => new(reason, now, now + Length, begun, Length),
            (_, known) => new(reason, known.Left(timeProvider) > TimeSpan.Zero ? known.Since : now, now + Length, begun, Length));
        Log.Begun(logger, serverId, reason);
        _ = TrySaveAsync(serverId);
    }

    /// <summary>Ends one.</summary>
    /// <returns>False where there was none.</returns>
    public async Task<bool> ReleaseAsync(int serverId)
    {
        var wasThere = _quarantines.TryRemove(serverId, out _);
        return await SaveAsync(serverId, isDecided: true) || wasThere;
    }

    /// <summary>Its time is over and the agent behaves, or its server was removed.</summary>
    public void Forget(int serverId)
    {
        if (_quarantines.TryRemove(serverId, out _))
        {
            _ = TrySaveAsync(serverId);
        }
    }

    public void Dispose() => _saving.Dispose();

    /// <summary>Reads those of before a restart; before the first link begins.</summary>
    public async Task LoadAsync(IReadOnlyCollection<int> serverIds, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var entity in await context.AgentQuarantines.AsNoTracking().Where(entity => serverIds.Contains(entity.ServerId)).ToListAsync(cancellationToken))
        {
            _quarantines.TryAdd(entity.ServerId, Read(entity));
        }
    }

    /// <summary>Takes what another dashboard has stored.</summary>
    /// <param name="serverIds">Of these servers; null = of all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Servers whose quarantine it has ended.</returns>
    public async Task<IReadOnlyList<int>> ReadAgainAsync(IReadOnlyCollection<int>? serverIds, CancellationToken cancellationToken)
    {
        // What couldn't be stored while the database was away counts all the same, and is stored first.
        foreach (var serverId in _notStored.Keys)
        {
            await TrySaveAsync(serverId);
        }

        await _saving.WaitAsync(cancellationToken);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var stored = await context.AgentQuarantines.AsNoTracking().ToDictionaryAsync(entity => entity.ServerId, cancellationToken);
            foreach (var (serverId, entity) in stored.Where(entry => serverIds?.Contains(entry.Key) ?? true))
            {
                _quarantines[serverId] = Read(entity);
            }

            return [.. _quarantines.Keys.Where(id => (serverIds?.Contains(id) ?? true) && !stored.ContainsKey(id) && !_notStored.ContainsKey(id) && _quarantines.TryRemove(id, out _))];
        }
        finally
        {
            _saving.Release();
        }
    }

    /// <summary>A clock that was set meanwhile makes none longer than it may be.</summary>
    private Quarantine Read(AgentQuarantineEntity entity)
    {
        var left = entity.Until.ToOffset() - timeProvider.GetUtcNow();
        return new(entity.Reason, entity.Since.ToOffset(), entity.Until.ToOffset(), timeProvider.GetTimestamp(), left < Length ? left : Length);
    }

    private async Task TrySaveAsync(int serverId)
    {
        try
        {
            await SaveAsync(serverId, isDecided: false);
        }
        catch (OwnershipLostException)
        {
            // Another dashboard watches the server now, and says itself what its agent does.
            _notStored.TryRemove(serverId, out _);
        }
        catch (Exception exception)
        {
            // In memory it holds all the same; after a restart the agent is back here with its first word.
            Log.NotStored(logger, serverId, exception);
        }
    }

    /// <summary>Makes the row as memory is at that moment: whoever comes last says what stays.</summary>
    /// <param name="serverId">Which server.</param>
    /// <param name="isDecided">A person decided it, at whichever dashboard; else it is what this one met, and counts as long as it owns the server, or may command it.</param>
    /// <returns>True where a row was removed.</returns>
    private async Task<bool> SaveAsync(int serverId, bool isDecided)
    {
        _notStored[serverId] = true;
        await _saving.WaitAsync(CancellationToken.None);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
            var removed = 0;
            var terms = ownership.Owned.TermsOf([serverId]);
            await (isDecided || terms.Count == 0 ? StoreAsync(CancellationToken.None) : ownership.WriteAsync(context, terms, StoreAsync, CancellationToken.None));

            async Task StoreAsync(CancellationToken token)
            {
                removed = await context.AgentQuarantines.Where(entity => entity.ServerId == serverId).ExecuteDeleteAsync(token);
                if (_quarantines.TryGetValue(serverId, out var quarantine))
                {
                    context.AgentQuarantines.Add(new() { ServerId = serverId, Reason = quarantine.Reason, Since = quarantine.Since.UtcDateTime, Until = quarantine.Until.UtcDateTime });
                    await context.SaveChangesAsync(token);
                }
            }

            _notStored.TryRemove(serverId, out _);
            announcements?.Tell(Topics.Quarantines, serverId.ToString(CultureInfo.InvariantCulture));
            return removed > 0;
        }
        finally
        {
            _saving.Release();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Server {ServerId} is in quarantine: {Reason}")]
        public static partial void Begun(ILogger logger, int serverId, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Couldn't store a change to the quarantine of server {ServerId}")]
        public static partial void NotStored(ILogger logger, int serverId, Exception exception);
    }
}
