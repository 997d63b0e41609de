using System.Globalization;

namespace WsusDashboard.Agent.Api.Connections;

/// <summary>How much of the memory that its settings allow the agent uses: Agent.csproj sets the limit of the program; an agent inside another program has none.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class AgentMemory(Func<long> usedBytes, long limitBytes, Action collect, TimeProvider timeProvider)
{
    /// <summary>Name of the limit in the settings of the runtime, in bytes.</summary>
    private const string LimitName = "System.GC.HeapHardLimit";

    private const double ShortFrom = 0.7;

    /// <summary>A collection takes at most this share of the time.</summary>
    private const int RestPerCollection = 20;

    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _collectedAt;
    private TimeSpan _rest;

    /// <summary>Twice what a busy agent needs: what is more is mostly garbage.</summary>
    public static long GivesBackFromBytes { get; } = 24L * 1024 * 1024;

    /// <summary>True where so much is used that nothing more may be held for a caller.</summary>
    public bool IsShort => limitBytes > 0 && usedBytes() >= limitBytes * ShortFrom;

    /// <summary>That of this process.</summary>
    public static AgentMemory OfThisProcess() => new(
        () => GC.GetTotalMemory(forceFullCollection: false),
        long.TryParse(Convert.ToString(AppContext.GetData(LimitName), CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : 0,
        () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true),
        TimeProvider.System);

    /// <summary>
    /// Gives back what a burst of callers has left. Left to itself the runtime keeps that for the next burst: on a machine with room it looks at the old generation only after
    /// tens of megabytes. Asked at each connection and request, so an agent that nobody calls does nothing for it.
    /// </summary>
    public void GiveBack()
    {
        if (limitBytes == 0 || usedBytes() < GivesBackFromBytes || !_gate.TryEnter())
        {
            return;
        }

        try
        {
            if (_rest > TimeSpan.Zero && timeProvider.GetElapsedTime(_collectedAt) < _rest)
            {
                return;
            }

            var begunAt = timeProvider.GetTimestamp();
            collect();
            _collectedAt = timeProvider.GetTimestamp();
            var rest = timeProvider.GetElapsedTime(begunAt, _collectedAt) * RestPerCollection;
            _rest = rest > ShortestRest ? rest : ShortestRest;
        }
        finally
        {
            _gate.Exit();
        }
    }
}
