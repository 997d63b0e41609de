using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using MudBlazor;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.Clients;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Servers.Sections;
using WsusDashboard.Dashboard.Features.ServiceControl;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Features.Timelines;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>
/// The page of one server: its head, and below it the tab that the address names. Live state comes as it changes; what a tab shows of the history is read when the tab is opened,
/// and again when a synchronization or a repair has changed.
/// </summary>
public sealed partial class ServerView : LoadedPage<ServerPageModel>
{
    private const int PageSize = 25;
    private const int ClientPoints = 288;
    private const int WeekPoints = 336;

    private ServerTab _tab;
    private ServerSyncsAddress _syncs = new();
    private int _repairPage = 1;
    private LogPlace? _log;
    private bool _isBusy;

    [Inject]
    private ServerService Servers { get; set; } = null!;

    [Inject]
    private SyncHistoryService Syncs { get; set; } = null!;

    [Inject]
    private TimelineQueries Timelines { get; set; } = null!;

    [Inject]
    private ClientHistoryQueries Clients { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    [Inject]
    private RepairService Repair { get; set; } = null!;

    [Inject]
    private ServiceControlService Control { get; set; } = null!;

    [Inject]
    private Confirmation Confirmation { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    [Inject]
    private ISnackbar Messages { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private AgentReaches Reaches { get; set; } = null!;

    [Parameter, EditorRequired]
    public int Id { get; set; }

    private string Name => View?.Detail.Facts.Name ?? "";

    private string Title => View is null ? "Server" : _tab is ServerTab.Overview ? Name : $"{ServerTabs.All.First(known => known.Tab == _tab).Name}: {Name}";

    protected override bool Covers(string path) => ServerTabs.Covers(Id, path);

    protected override void ReadAddress(string uri)
    {
        var address = new Uri(uri);
        var fields = QueryHelpers.ParseQuery(address.Query);
        if (address.AbsolutePath != Links.RepairSheet(Id))
        {
            _tab = ServerTabs.Find(Id, address.AbsolutePath) ?? ServerTab.Overview;
            _syncs = ServerSyncsAddress.Of(fields);
            _repairPage = fields.TryGetValue("page", out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, 1_000_000) : 1;
            _log = LogPlace.Of(fields.GetValueOrDefault("log"), fields.GetValueOrDefault("at"));
        }
    }

    protected override async Task<ServerPageModel?> LoadAsync(CancellationToken cancellationToken)
    {
        if (await Servers.GetAsync(Id, cancellationToken) is not { } detail)
        {
            return null;
        }

        var (model, now) = (new ServerPageModel(detail), TimeProvider.GetUtcNow());
        switch (_tab)
        {
            case ServerTab.Overview:
                var week = await Timelines.GetAsync(Id, now.AddDays(-WeekChart.Days), now, WeekPoints, cancellationToken);
                return week.Value is { } timeline ? model with { Week = ServerWeek.Of(timeline, Viewer.Minute) } : null;
            case ServerTab.Syncs:
                return model with { Syncs = await Syncs.GetPairedAsync(_syncs.ToQuery(Id, now, PageSize), cancellationToken) };
            case ServerTab.Clients:
                var answers = await Clients.GetAsync(Id, now.AddDays(-1), now, ClientPoints, cancellationToken);
                return answers.Value is { } history ? model with { Clients = ClientChart.Draw(history, Viewer.Minute) } : null;
            case ServerTab.Repairs:
                return model with { Repairs = await Repair.ListAsync(new RepairQuery { ServerId = Id, Page = _repairPage, PageSize = PageSize }, cancellationToken) };
            default:
                return model;
        }
    }

    protected override async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var subscription = Live.Subscribe(server => server.Id == Id);
        await TakeAsync(subscription.Snapshot);
        await foreach (var changes in subscription.ReadAsync(cancellationToken))
        {
            if (changes.Removed.Contains(Id))
            {
                await RefreshAsync();
            }

            await TakeAsync(changes.Changed);
        }
    }

    private async Task TakeAsync(IReadOnlyList<LiveServer> changed)
    {
        if (View is { Detail: { Facts.AgentKey: not null } shown } && (shown.Absence is null) != (Reaches.AbsentSince(Id) is null))
        {
            await RefreshAsync();
        }

        if (changed.LastOrDefault(server => server.Id == Id) is not { } live || View is not { } view || live.Revision == view.Detail.Live.Revision)
        {
            return;
        }

        var before = view.Detail.Live;
        View = view with { Detail = Lay(live, view.Detail) };
        StateHasChanged();
        if (!before.RecentSyncs.SequenceEqual(live.RecentSyncs) || before.ActiveRepair?.IsWaiting != live.ActiveRepair?.IsWaiting || before.ActiveRepair?.RepairId != live.ActiveRepair?.RepairId)
        {
            await RefreshAsync();
        }
    }

    private static ServerDetail Lay(LiveServer live, ServerDetail detail)
    {
        if (live.Snapshot?.Iis.Value?.WsusPool is not { } pool)
        {
            return detail with { Live = live };
        }

        var isSame = detail.Comparisons.Count > 0
            && detail.Live.Snapshot is { Iis.Value.WsusPool.Settings: var settings } before
            && settings == pool.Settings
            && ServerBounds.Of(before) == ServerBounds.Of(live.Snapshot);
        return detail with { Live = live, Comparisons = isSame ? detail.Comparisons : ServerService.Compare(live, live.Baseline) };
    }

    private Task ControlServiceAsync((string Service, ServiceVerb Verb) asked) => DoAsync(
        ServerQuestions.Service(Name, asked.Service, asked.Verb) with { Warning = Exceeds(PacedCommands.OfService(asked.Service, asked.Verb.ToString().ToLowerInvariant())) },
        async answer => (await Control.ControlServiceAsync(Id, asked.Service, asked.Verb, answer, CancellationToken.None)).Failure);

    private Task ControlPoolAsync((string Pool, PoolVerb Verb) asked) => DoAsync(
        ServerQuestions.Pool(Name, asked.Pool, asked.Verb) with { Warning = Exceeds(PacedCommand.Pool) },
        async answer => (await Control.ControlPoolAsync(Id, asked.Pool, asked.Verb, answer, CancellationToken.None)).Failure);

    private Task StartSyncAsync() => DoAsync(
        ServerQuestions.StartSync(Name) with { Warning = Exceeds(PacedCommand.Sync) },
        async answer => (await Control.StartSyncAsync(Id, answer, CancellationToken.None)).Failure);

    private Task StopSyncAsync() => DoAsync(
        ServerQuestions.StopSync(Name) with { Warning = Exceeds(PacedCommand.Sync) },
        async answer => (await Control.StopSyncAsync(Id, answer, CancellationToken.None)).Failure);

    private string? Exceeds(PacedCommand kind) => View?.Detail.Snapshot?.Agent.Policy is { } policy ? PolicyLabels.Exceeds(policy, kind, Viewer.Minute) : null;

    private async Task DoAsync(ConfirmRequest question, Func<Purpose, Task<Failure?>> verb)
    {
        if (_isBusy || await Confirmation.AskAsync(question) is not { } answer)
        {
            return;
        }

        _isBusy = true;
        StateHasChanged();
        var failure = await verb(answer.Purpose);
        _isBusy = false;
        Messages.Show(failure is null ? $"{question.Verb}: done." : failure.Message, failure is not null);
        StateHasChanged();
    }

    /// <summary>What a site server says of its syncs; without Configuration Manager there is no log that surely stands there.</summary>
    private static string? DefaultLog(ServerDetail detail) => detail.Snapshot?.ConfigMgr is { Value: not null } ? LogNames.SyncManager : null;

    private string LinkToRepairs(int page) => Links.With(Links.Server(Id, "repairs"), ("page", page == 1 ? null : page.ToString(CultureInfo.InvariantCulture)));
}
