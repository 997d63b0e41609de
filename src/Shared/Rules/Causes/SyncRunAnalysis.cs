using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>One case, with what several causes ask of it worked out once.</summary>
internal sealed class SyncRunAnalysis
{
    /// <summary>WSUS writes the end of a synchronization a little after what ended it.</summary>
    private static readonly TimeSpan AfterEnd = TimeSpan.FromMinutes(2);

    /// <summary>The site configures WSUS once an hour (configmgr.md, 5b), and says only then what it could not do.</summary>
    private static readonly TimeSpan ConfigurationInterval = TimeSpan.FromMinutes(75);

    private static readonly TimeSpan LineMargin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestWithoutEnd = TimeSpan.FromHours(8);
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>What ended a worker again and again stands in the log within an hour before the pool was disabled.</summary>
    private static readonly TimeSpan BeforeStop = TimeSpan.FromHours(1);

    /// <summary>At its own start an agent sees every state for the first time; that moment says nothing about the state.</summary>
    private static readonly TimeSpan AgentStart = TimeSpan.FromMinutes(2);

    private readonly List<WindowsEvent> _events;

    public SyncRunAnalysis(SyncRunContext file)
    {
        File = file;
        Start = file.OtherView is { } other && other.StartedAt < file.Run.StartedAt ? other.StartedAt : file.Run.StartedAt;
        End = file.Run.EndedAt ?? file.OtherView?.EndedAt ?? FindEnd(file);
        Pool = file.Snapshot?.Iis.Value?.WsusPool;
        _events = [.. file.Events.Concat(file.Snapshot?.Events.Value?.Recent ?? []).DistinctBy(item => (item.LogName, item.RecordId, item.EventId, item.At)).OrderByDescending(item => item.At)];
        Bounds = file.Snapshot is { } snapshot ? ServerBounds.Of(snapshot) : ServerBounds.Unknown;
        Drift = Pool is null || file.Baseline is not { } baseline ? [] : [.. BaselineComparer.Compare(Pool.Settings, RiskySettings.Bound(baseline, Pool.Settings, Bounds)).Where(comparison => comparison.IsDrifted)];
        Lines = [.. file.Lines.Where(line => LoggedStatement.ShareOf(line) > 0)];
        LoggedStatements = [.. ReadLoggedStatements()];
        StoppedAt = FindStoppedAt();
    }

    public SyncRunContext File { get; }

    public SyncRun Run => File.Run;

    public DateTimeOffset Start { get; }

    public DateTimeOffset End { get; }

    /// <summary>The pool that serves WSUS; null where there is none.</summary>
    public AppPool? Pool { get; }

    /// <summary>Nobody could read IIS: whether the pool runs isn't known.</summary>
    public bool IsPoolStateUnknown => HasWsus && Pool is null or { State: PoolState.Unknown } && File.Snapshot?.Iis.Value is null or { WsusPool.State: PoolState.Unknown };

    /// <summary>Whether the pool ran at the end of the run isn't known: nobody could read IIS, or the agent began to look later and found it started.</summary>
    public bool IsPoolStateAtEndUnknown => IsPoolStateUnknown || (Pool is { State: PoolState.Started } && Seen(Pool.StateSince) is null && PoolStateAtEnd() is null);

    public string PoolName => Pool?.Name ?? File.Snapshot?.Iis.Value?.WsusPoolName ?? "WsusPool";

    public WsusState? Wsus => File.Snapshot?.Wsus.Value;

    public ConfigMgrState? Site => File.Snapshot?.ConfigMgr.Value;

    public HostState? Host => File.Snapshot?.Host.Value;

    /// <summary>What the server can bear.</summary>
    public ServerBounds Bounds { get; }

    /// <summary>Settings of the pool that do not satisfy what the baseline asks for and this server can bear.</summary>
    public IReadOnlyList<SettingComparison> Drift { get; }

    /// <summary>Log lines that don't stand in half of the good runs or more: those explain no bad one.</summary>
    public IReadOnlyList<LoggedLine> Lines { get; }

    /// <summary>Error texts and log lines of the run; never the line of a success, which contains the word "canceled".</summary>
    public IReadOnlyList<LoggedStatement> LoggedStatements { get; }

    /// <summary>When the pool that was down at the end of the run had stopped; null where it was not down.</summary>
    public DateTimeOffset? StoppedAt { get; }

    /// <summary>Start of the first of the failures in a row that this run belongs to; null where no success before them is known, so that it may have been earlier.</summary>
    public DateTimeOffset? FirstFailureAt
    {
        get
        {
            var before = File.History.Where(run => run.Source == Run.Source && run.StartedAt < Run.StartedAt && run.Result is not SyncResult.Running).OrderByDescending(run => run.StartedAt).ToList();
            var good = before.FindIndex(run => run.Result is SyncResult.Succeeded);

            return good < 0 ? null : good == 0 ? Run.StartedAt : before[good - 1].StartedAt;
        }
    }

    /// <summary>The pool runs since a moment after the run: its counters and its worker are no witnesses of it.</summary>
    public bool IsPoolYoungerThanRun => Pool is { State: PoolState.Started } && Seen(Pool.StateSince) > End;

    public bool HasWsus => File.Snapshot is not { } snapshot || snapshot.Wsus.Status is SectionStatus.Ok || snapshot.Agent.Roles.Contains(ServerRoles.Wsus)
        || snapshot.Services.Value?.Find(ServiceNames.WsusService) is { State: not (ServiceState.NotInstalled or ServiceState.Unknown) };

    public bool HasUpstream => Wsus is { Source.Length: > 0 } wsus && !string.Equals(wsus.Source, MicrosoftUpdate, StringComparison.OrdinalIgnoreCase);

    public const string MicrosoftUpdate = "Microsoft Update";

    /// <summary>What the site says of this server's update point; null where that is not known.</summary>
    public SupSyncStatus? OwnUpdatePoint => Site?.SoftwareUpdatePoints switch
    {
        null => null,
        [var only] => only,
        var points => points.FirstOrDefault(point => File.Snapshot is { } snapshot
            && (string.Equals(point.ServerName, snapshot.Agent.FullyQualifiedName, StringComparison.OrdinalIgnoreCase)
                || string.Equals(ShortName(point.ServerName), snapshot.Agent.ComputerName, StringComparison.OrdinalIgnoreCase))),
    };

    public static string ShortName(string name) => name.Split('.')[0];

    public bool IsDuringRun(DateTimeOffset at) => at >= Start && at <= End + AfterEnd;

    /// <summary>Events of WAS about this pool during the run; where the pool was down already, those before it stopped.</summary>
    public IReadOnlyList<WindowsEvent> PoolEvents(int eventId) =>
        [.. AllPoolEvents(eventId).Where(item => IsDuringRun(item.At) || (StoppedAt is { } stop && item.At >= stop - BeforeStop && item.At <= stop + AfterEnd))];

    /// <summary>Events of WAS about this pool while the run went on and the pool too: a pool that was down before the run began can't lose its worker in it.</summary>
    public IReadOnlyList<WindowsEvent> PoolEventsInRun(int eventId) =>
        StoppedAt < Start ? [] : [.. AllPoolEvents(eventId).Where(item => IsDuringRun(item.At))];

    /// <summary>Events of WAS about this pool in the 24 hours before the end of the run.</summary>
    public IReadOnlyList<WindowsEvent> PoolEventsOfTheDay(int eventId) =>
        [.. AllPoolEvents(eventId).Where(item => item.At >= (StoppedAt ?? End) - Day && item.At <= End + AfterEnd)];

    public IReadOnlyList<WindowsEvent> WsusEvents(IReadOnlyCollection<int> eventIds, TimeSpan before) =>
        EventsOf(WindowsEvents.WsusProvider, eventIds, before);

    /// <summary>Events of a provider during the run.</summary>
    /// <param name="provider">Its name.</param>
    /// <param name="eventIds">Any of these.</param>
    /// <param name="before">Those that came so long before the run count, too.</param>
    /// <param name="subject">The service or program that they name by their data; null = any.</param>
    public List<WindowsEvent> EventsOf(string provider, IReadOnlyCollection<int> eventIds, TimeSpan before, string? subject = null) =>
        [.. _events.Where(item => item.Provider == provider && eventIds.Contains(item.EventId) && IsAround(item, before) && (subject is null || item.Names(subject)))];

    /// <summary>Events of a SQL Server of this server, whatever its instance is called.</summary>
    public List<WindowsEvent> DatabaseEvents(IReadOnlyCollection<int> eventIds, TimeSpan before) =>
        [.. _events.Where(item => item.Provider.StartsWith("MSSQL", StringComparison.OrdinalIgnoreCase) && eventIds.Contains(item.EventId) && IsAround(item, before))];

    /// <summary>WsusService isn't running because it ends when it starts: starting it again helps nobody.</summary>
    public bool EndsAtStart => WsusServiceEnd.IsAtStart(_events, End);

    /// <summary>Restarts of the server that were asked for during the run.</summary>
    public IReadOnlyList<WindowsEvent> RestartsAsked => [.. _events.Where(item => item.Provider == WindowsEvents.RestartProvider && item.EventId == WindowsEvents.RestartAsked && IsDuringRun(item.At))];

    /// <summary>State changes of a subject during the run.</summary>
    public IReadOnlyList<RecentChange> ChangesDuringRun(string subject) => [.. File.Changes.Where(change => change.Change.Subject == subject && IsDuringRun(change.At)).OrderBy(change => change.At)];

    /// <summary>What people did through this product during the run.</summary>
    public IEnumerable<PersonAction> ActionsDuringRun(params string[] what) => File.Actions.Where(action => what.Contains(action.What) && IsDuringRun(action.At)).OrderBy(action => action.At);

    /// <summary>The state that a subject had at the end of the run, as the changes around it and the state now tell; null where they do not.</summary>
    public string? StateAtEnd(string subject, string? now, DateTimeOffset? since)
    {
        var changes = File.Changes.Where(change => change.Change.Subject == subject).OrderBy(change => change.At).ToList();

        return changes.FindLast(change => change.At <= End) is { } before ? before.Change.To
            : changes.Find(change => change.At > End) is { } after ? after.Change.From
            : since is null || since <= End ? now : null;
    }

    public ServiceState? ServiceAtEnd(string name)
    {
        var service = File.Snapshot?.Services.Value?.Find(name);

        return Enum.TryParse<ServiceState>(StateAtEnd(StateSubjects.Service(name), service?.State.ToString(), service?.StateSince), out var state) ? state : null;
    }

    /// <summary>The beginning of a state; null where the agent merely began to look then.</summary>
    public DateTimeOffset? Seen(DateTimeOffset? since) =>
        since is { } at && File.Snapshot is { } snapshot && (at - snapshot.Agent.StartedAt).Duration() >= AgentStart ? at : null;

    /// <summary>The playbook, where the baseline asks for another value of this setting and IIS can be read.</summary>
    public string? RepairOf(string setting) => Drift.Any(comparison => comparison.Setting == setting) ? PoolRepair : null;

    public string? PoolRepair => File.Snapshot?.Iis.Status is SectionStatus.Unreadable ? null : PlaybookCatalog.FullRepairId;

    /// <summary>Puts what this case knows into a text of a cause.</summary>
    public string Fill(string text) => !text.Contains('{', StringComparison.Ordinal) ? text : text
        .Replace("{pool}", PoolName, StringComparison.Ordinal)
        .Replace("{source}", Wsus is { Source.Length: > 0 } wsus ? wsus.Source : "the update source", StringComparison.Ordinal)
        .Replace("{proxy}", Wsus is { UsesProxy: true, ProxyName.Length: > 0 } withProxy ? " " + withProxy.ProxyName : "", StringComparison.Ordinal)
        .Replace("{point}", File.UpdatePoint?.Name ?? "the update point", StringComparison.Ordinal)
        .Replace("{limit}", Pool is { Settings.PrivateMemoryKilobytes: > 0 and var limit } ? $"its {Wording.Size(limit)} private memory limit" : "its private memory limit", StringComparison.Ordinal)
        .Replace("{wsus-start}", EndsAtStart ? WsusServiceEnd.Helps : $"Start {ServiceNames.WsusService}, and find out what stopped it.", StringComparison.Ordinal)
        .Replace("{categories}", UnknownCategories(), StringComparison.Ordinal)
        .Replace("{recycles}", RecycleText(), StringComparison.Ordinal);

    /// <summary>Lines of a log, whenever they were written.</summary>
    public IEnumerable<LoggedLine> LinesOf(string log) => File.Lines.Where(line => string.Equals(line.Log, log, StringComparison.OrdinalIgnoreCase));

    public IEnumerable<LoggedLine> LinesDuringRun(string log) => LinesOf(log).Where(line => line.At is not { } at || (at >= Start - LineMargin && at <= End + LineMargin));

    /// <summary>": Product … (Name)", as WCM.log names them; empty where it names none.</summary>
    private string UnknownCategories()
    {
        var named = Site?.WsusConfiguration?.UnknownCategories is { Count: > 0 } known
            ? known
            : Lines.Select(line => UnknownCategory.In(line.Text)).OfType<string>().Distinct();
        var shown = named.Take(3).ToList();

        return shown.Count > 0 ? ": " + Wording.List(shown) : "";
    }

    private string RecycleText()
    {
        var count = PoolEventsOfTheDay(WindowsEvents.PrivateMemoryRecycle).Count;
        var window = StoppedAt is not null ? "before it stopped" : File.Now - End < Day ? "in the last 24 h" : "in the 24 hours before";

        return count > 0 ? $"{Wording.Count(count, "recycle", "recycles")} {window}" : "its worker was replaced during the sync";
    }

    private bool IsAround(WindowsEvent item, TimeSpan before) => item.At >= Start - before && item.At <= End + AfterEnd;

    private List<WindowsEvent> AllPoolEvents(int eventId) => [.. _events.Where(item => item.EventId == eventId && item.Provider == WindowsEvents.WasProvider && item.Names(PoolName))];

    /// <summary>A pool that is stopped when the agent begins to look was so before; one that runs may have been started in between.</summary>
    private string? PoolStateAtEnd() =>
        StateAtEnd(StateSubjects.Pool(PoolName), Pool?.State.ToString(), Pool is { State: PoolState.Started } ? Pool.StateSince : Seen(Pool?.StateSince));

    private DateTimeOffset? FindStoppedAt()
    {
        var state = PoolStateAtEnd();
        var disabledAt = AllPoolEvents(WindowsEvents.PoolDisabled).Find(item => item.At <= End + AfterEnd)?.At;
        if (state is nameof(PoolState.Stopped) or nameof(PoolState.Stopping))
        {
            var seenAt = File.Changes.Where(change => change.Change.Subject == StateSubjects.Pool(PoolName) && change.At <= End).Max(change => (DateTimeOffset?)change.At) ?? Seen(Pool?.StateSince);

            // The agent sees a stop seconds after the log tells it; an event long before belongs to an earlier stop.
            return seenAt is not null && disabledAt < seenAt - BeforeStop ? seenAt : disabledAt ?? seenAt ?? Start;
        }

        // Nobody saw the state, but IIS disabled the pool during the run; or before it, where nobody saw the pool at all.
        return state is null && disabledAt is { } at && (IsDuringRun(at) || (IsPoolStateAtEndUnknown && at >= Start - Day)) ? at : null;
    }

    private IEnumerable<LoggedStatement> ReadLoggedStatements()
    {
        foreach (var run in new[] { File.Run, File.OtherView }.OfType<SyncRun>().Where(run => run.ErrorText.Length > 0 && run.Result is not SyncResult.Succeeded))
        {
            yield return LoggedStatement.Of(run, HasWsus);
        }

        foreach (var line in File.Lines.Where(line => !SyncLogTraps.IsSuccess(line.Text)))
        {
            var statement = LoggedStatement.Of(line, HasWsus);
            var before = statement.Kind is EvidenceKind.Configuration ? ConfigurationInterval : LineMargin;
            if (statement.Share > 0 && (line.At is not { } at || (at >= Start - before && at <= End + LineMargin)))
            {
                yield return statement;
            }
        }
    }

    /// <summary>A run whose end nobody wrote down went on until the next one began, as far as anybody knows; not for ever.</summary>
    private static DateTimeOffset FindEnd(SyncRunContext file)
    {
        if (file.Run.Result is SyncResult.Running)
        {
            return file.Now;
        }

        var next = file.History.Where(run => run.Source == file.Run.Source && run.StartedAt > file.Run.StartedAt).Min(run => (DateTimeOffset?)run.StartedAt) ?? file.Now;
        var latest = file.Run.StartedAt + LongestWithoutEnd;

        return next < file.Run.StartedAt ? file.Run.StartedAt : next < latest ? next : latest;
    }
}

/// <summary>Lines of wsyncmgr.log that look like what they are not.</summary>
internal static class SyncLogTraps
{
    /// <summary>"Sync succeeded. Setting sync alert to canceled state on site": the line of a success.</summary>
    public static bool IsSuccess(string text) => text.Contains("Sync succeeded", StringComparison.OrdinalIgnoreCase);
}
