using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>The repairs of one server that are open, and the newest that have ended. Threading: belongs to its server's state, under the state's lock.</summary>
/// <param name="runs">Those that were open when the dashboard started.</param>
/// <param name="lastContactAt">UTC: when the agent last spoke about them; null = when they began.</param>
/// <param name="past">Those that had ended.</param>
internal sealed class KnownRuns(IEnumerable<Repair> runs, DateTimeOffset? lastContactAt, IReadOnlyList<RepairPeriod> past)
{
    private const int MostEnded = 20;

    private readonly Dictionary<string, KnownRun> _runs = runs.ToDictionary(run => run.Id, run => new KnownRun(run, lastContactAt ?? run.StartedAt));
    private IReadOnlyList<RepairPeriod>? _periods;

    public IEnumerable<Repair> Open => _runs.Values.Select(known => known.Run).Where(run => run.IsOpen);

    public KnownRun? Find(string runId) => _runs.GetValueOrDefault(runId);

    /// <summary>False for one that would be too many that are open.</summary>
    public bool HasRoomFor(string runId, bool isOpen) => !isOpen || _runs.ContainsKey(runId) || Open.Count() < ContractLimits.MaximumOpenRuns;

    /// <summary>False where an older revision than the known one, or one too many, is passed over.</summary>
    public bool Take(Repair run, DateTimeOffset readAt)
    {
        if ((Find(run.Id) is { } known && known.Run.Revision > run.Revision) || !HasRoomFor(run.Id, run.IsOpen))
        {
            return false;
        }

        _runs[run.Id] = new(run, readAt);
        _periods = null;
        foreach (var old in _runs.Values.Where(entry => !entry.Run.IsOpen).OrderByDescending(entry => entry.Run.StartedAt).Skip(MostEnded).ToList())
        {
            _runs.Remove(old.Run.Id);
        }

        return true;
    }

    /// <summary>When the repairs of the last days were.</summary>
    public IReadOnlyList<RepairPeriod> GetPeriods() => _periods ??= ReadPeriods();

    private IReadOnlyList<RepairPeriod> ReadPeriods()
    {
        var known = _runs.Values.Select(entry => RepairPeriod.Of(entry.Run)).OfType<RepairPeriod>().ToList();
        return [.. known, .. past.Where(period => known.TrueForAll(other => other.RepairId != period.RepairId))];
    }
}
