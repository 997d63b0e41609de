using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>One server. Rendered again only where a person would see a difference: a page of 200 rows repaints one row for one change.</summary>
public sealed partial class FleetRowView
{
    private LiveServer _shown = null!;
    private LiveServer? _rendered;
    private bool _isFlashed;
    private bool _flashesOdd;
    private (bool, bool, bool, FleetColumns?) _renderedAs;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private RepairSheetState Sheet { get; set; } = null!;

    [Parameter, EditorRequired]
    public LiveServer Server { get; set; } = null!;

    /// <summary>True where somebody looks who may repair some servers.</summary>
    [Parameter]
    public bool IsSelectable { get; set; }

    [Parameter]
    public bool IsSelected { get; set; }

    [Parameter]
    public EventCallback<bool> OnSelect { get; set; }

    /// <summary>Which cells it has, in which order.</summary>
    [Parameter, EditorRequired]
    public FleetColumns Columns { get; set; } = FleetColumns.Default;

    /// <summary>True where the panel beside the grid shows this server.</summary>
    [Parameter]
    public bool IsPeeked { get; set; }

    private ServerStatus Status => _shown.Status;

    private StateDisplay Look => StateDisplay.Of(_shown);

    private (bool, bool, bool, FleetColumns?) ShownAs => (IsSelectable, IsSelected, IsPeeked, Columns);

    private bool IsOld => _shown.Link.State != LinkState.Up;

    private StateDisplay PoolDisplay => IsOld ? StateDisplay.Of(Status.PoolState) with { Tone = Tone.Quiet } : StateDisplay.Of(Status.PoolState);

    // Two names for one animation: a second change starts it again without touching the DOM twice.
    private string RowClass => (IsOld ? "server old" : "server") + (!_isFlashed ? "" : _flashesOdd ? " flash-odd" : " flash-even");

    private string ProgressText => _shown.Progress is { Total: > 0 } progress ? Wording.Percent((double)progress.Processed / progress.Total) : "";

    private string UpdatesTitle => Status.ConfigMgrUpdates is { } count
        ? $"{Wording.Count(count, "update")} in Configuration Manager, {Wording.Number(Status.Updates)} in WSUS"
        : $"{Wording.Number(Status.Updates)} updates in WSUS";

    /// <summary>Shows a change of this server that is new to the person who looks.</summary>
    public void Show(LiveServer server)
    {
        if (!server.LooksLike(_shown))
        {
            (_shown, _isFlashed, _flashesOdd) = (server, true, !_flashesOdd);
            StateHasChanged();
        }
    }

    protected override void OnParametersSet()
    {
        if (_shown is null)
        {
            _shown = Server;
            (_rendered, _renderedAs) = (_shown, ShownAs);
        }
        else if (!Server.LooksLike(_shown))
        {
            (_shown, _isFlashed) = (Server, false);
        }
    }

    protected override bool ShouldRender()
    {
        if (ReferenceEquals(_rendered, _shown) && _renderedAs == ShownAs)
        {
            return false;
        }

        // Kept now: after the rendering the next change may have come, and would be taken for rendered.
        (_rendered, _renderedAs) = (_shown, ShownAs);
        return true;
    }

    private void OpenPlan() => Sheet.OpenPlan(_shown.Id, _shown.Name, _shown.Offer.Playbook);

    private void OpenRun() => Sheet.OpenRun(_shown.Id, _shown.Name, _shown.ActiveRepair!.RepairId);
}
