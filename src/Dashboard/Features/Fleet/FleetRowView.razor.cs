using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.Remediation;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>One server. Rendered again only when its record is another one: a page of 200 rows repaints one row for one change.</summary>
public sealed partial class FleetRowView
{
    private FleetRow? _rendered;
    private bool _flashesOdd;
    private (bool, bool) _selection;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private RepairSheetState Sheet { get; set; } = null!;

    [Parameter, EditorRequired]
    public FleetRow Row { get; set; } = null!;

    /// <summary>True where the change that brought this record is new to the person who looks.</summary>
    [Parameter]
    public bool IsFlashed { get; set; }

    /// <summary>True where somebody looks who may repair some servers.</summary>
    [Parameter]
    public bool IsSelectable { get; set; }

    [Parameter]
    public bool IsSelected { get; set; }

    [Parameter]
    public EventCallback<bool> OnSelect { get; set; }

    private bool IsOld => Row.Link.State != LinkState.Up;

    private StateLook PoolLook => IsOld ? StateLook.Of(Row.PoolState) with { Tone = Tone.Quiet } : StateLook.Of(Row.PoolState);

    // Two names for one animation: a second change starts it again without touching the DOM twice.
    private string RowClass => (IsOld ? "old" : "") + (!IsFlashed ? "" : _flashesOdd ? " flash-odd" : " flash-even");

    private string ProgressText => Row.Progress is { Total: > 0 } progress ? Numbers.Percent((double)progress.Processed / progress.Total) : "";

    private string UpdatesTitle => Row.ConfigMgrUpdates is { } count
        ? $"{Numbers.Of(count, "update")} in Configuration Manager, {Numbers.Count(Row.Updates)} in WSUS"
        : $"{Numbers.Count(Row.Updates)} updates in WSUS";

    protected override bool ShouldRender() => !ReferenceEquals(_rendered, Row) || _selection != (IsSelectable, IsSelected);

    protected override void OnAfterRender(bool firstRender)
    {
        _rendered = Row;
        _selection = (IsSelectable, IsSelected);
        _flashesOdd = !_flashesOdd;
    }

    private void OpenPlan() => Sheet.OpenPlan(Row.Id, Row.Name, Row.Playbook!);

    private void OpenRun() => Sheet.OpenRun(Row.Id, Row.Name, Row.ActiveRun!.RunId);
}
