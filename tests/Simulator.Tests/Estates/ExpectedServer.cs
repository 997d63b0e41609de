using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>
/// The model of one server: what must stand in its configuration, its journal, its audit and its dashboard after what was asked of it. It knows commands and how
/// repairs ended, nothing of how an agent works or how often one was killed.
/// </summary>
internal sealed class ExpectedServer(Snapshot before)
{
    private readonly Dictionary<string, string> _settings = Read(before);
    private readonly Dictionary<string, Repair> _ended = new(StringComparer.Ordinal);
    private readonly List<string> _tickets = [];

    /// <summary>Pool settings and startup types by their keys.</summary>
    public IReadOnlyDictionary<string, string> Settings => _settings;

    /// <summary>The repairs that have ended, as they must be told from then on.</summary>
    public IReadOnlyCollection<Repair> Ended => _ended.Values;

    /// <summary>One a command that was carried out.</summary>
    public IReadOnlyList<string> Tickets => _tickets;

    /// <summary>Pool settings and startup types by their keys, as a server has them.</summary>
    public static Dictionary<string, string> Read(Snapshot snapshot) => PoolSettingCatalog.All
        .Select(setting => (setting.Key, Value: setting.Read(snapshot.Iis.Value!.WsusPool!.Settings)))
        .Concat(snapshot.Services.Value!.Services.Select(service => (Key: ServiceSettings.StartTypeOf(service.Name), Value: service.StartType.ToString())))
        .ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal);

    /// <summary>A command was accepted.</summary>
    public void Ask(string ticket) => _tickets.Add(ticket);

    /// <summary>A repair has ended: what can be undone is in force, all of it; else nothing of it is. An undo that succeeded has taken all of it back.</summary>
    public void End(Repair run)
    {
        foreach (var change in run.Changes.Where(change => IsInForce(run, change.Setting)))
        {
            _settings[change.Setting] = change.After;
        }

        _ended[run.Id] = run;
        if (run is { State: RepairState.Succeeded, UndoOf.Length: > 0 })
        {
            var undone = _ended[run.UndoOf];
            _ended[run.UndoOf] = undone with { CanUndo = false, UndoneBy = run.Id };
        }
    }

    private static bool IsInForce(Repair run, string setting) => ServiceSettings.FindService(setting) is { } service
        ? run.Steps.Any(step => step is { Kind: StepKind.SetStartType, State: StepState.Done } && step.Target == service)
        : run.UndoOf.Length > 0 ? run.State == RepairState.Succeeded : run.CanUndo;
}
