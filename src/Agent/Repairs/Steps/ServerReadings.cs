using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>Readings that a step takes before and after its work, each with a deadline.</summary>
internal sealed class ServerReadings(IServerAccess server, TimeProvider timeProvider)
{
    public Snapshot Current => server.Current;

    public string ComputerName => Current.Agent.ComputerName;

    /// <summary>Reads sections now; one that does not answer in time keeps its last values.</summary>
    public async Task<Snapshot> RefreshAsync(CancellationToken cancellationToken, params IEnumerable<string> sections)
    {
        using var limit = new CancellationTokenSource(StepTimes.ReadLimit, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await Task.WhenAll(sections.Select(section => server.RefreshAsync(section, linked.Token)));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }

        return server.Current;
    }

    /// <summary>The sections as the collectors read them while a repair goes on; read here only where that is too long ago.</summary>
    public async Task<Snapshot> FollowAsync(TimeSpan interval, CancellationToken cancellationToken, params IEnumerable<string> sections)
    {
        var (snapshot, oldest) = (server.Current, timeProvider.GetUtcNow() - (interval * 3));
        var late = sections.Where(section => !(AttemptedAt(snapshot, section) > oldest)).ToArray();
        return late.Length == 0 ? snapshot : await RefreshAsync(cancellationToken, late);
    }

    /// <summary>Reads a pool now.</summary>
    /// <exception cref="StepFailedException">IIS cannot be read, or the pool is not there.</exception>
    public async Task<AppPool> ReadPoolAsync(string name, CancellationToken cancellationToken)
    {
        var iis = (await RefreshAsync(cancellationToken, SectionNames.Iis)).Iis;
        if (iis.Status != SectionStatus.Ok || iis.Value is null)
        {
            throw new StepFailedException($"{ComputerName}: the IIS configuration can't be read: {iis.Error ?? "no answer in time"}.");
        }

        return iis.Value.Pools.FirstOrDefault(pool => string.Equals(pool.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new StepFailedException($"{ComputerName}: the application pool {name} no longer exists.");
    }

    private static DateTimeOffset? AttemptedAt(Snapshot snapshot, string section) => section switch
    {
        SectionNames.Iis => snapshot.Iis.AttemptedAt,
        SectionNames.Services => snapshot.Services.AttemptedAt,
        SectionNames.Wsus => snapshot.Wsus.AttemptedAt,
        SectionNames.ConfigMgr => snapshot.ConfigMgr.AttemptedAt,
        SectionNames.Events => snapshot.Events.AttemptedAt,
        SectionNames.Host => snapshot.Host.AttemptedAt,
        SectionNames.Client => snapshot.Client.AttemptedAt,
        SectionNames.Posture => snapshot.Posture.AttemptedAt,
        _ => null,
    };
}
