using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using MudBlazor;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Benchmarks.Live;

/// <summary>A way to show servers as rows.</summary>
internal abstract class GridUnderTest : ComponentBase
{
    public IReadOnlyList<LiveServer> Servers { get; set; } = [];

    /// <summary>Shows a change in the way that costs this grid least.</summary>
    public abstract void Show(IReadOnlyList<LiveServer> servers, LiveServer changed);
}

/// <summary>The grid as it is.</summary>
internal sealed class SimpleTable : GridUnderTest
{
    private FleetTable? _table;

    public override void Show(IReadOnlyList<LiveServer> servers, LiveServer changed) => _table!.Show([changed]);

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenComponent<FleetTable>(0);
        builder.AddComponentParameter(1, nameof(FleetTable.Rows), Servers);
        builder.AddComponentParameter(2, nameof(FleetTable.Query), new FleetQuery());
        builder.AddComponentReferenceCapture(3, table => _table = (FleetTable)table);
        builder.CloseComponent();
    }
}

/// <summary>The same rows in a table without a component of its own.</summary>
internal sealed class PlainTable : GridUnderTest
{
    private readonly Dictionary<int, FleetRowView> _rows = [];

    public override void Show(IReadOnlyList<LiveServer> servers, LiveServer changed) => _rows[changed.Id].Show(changed);

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "table");
        builder.OpenElement(1, "tbody");
        foreach (var server in Servers)
        {
            builder.OpenComponent<FleetRowView>(2);
            builder.SetKey(server.Id);
            builder.AddComponentParameter(3, nameof(FleetRowView.Server), server);
            builder.AddComponentParameter(4, nameof(FleetRowView.Columns), FleetColumns.Default);
            builder.AddComponentReferenceCapture(5, row => _rows[server.Id] = (FleetRowView)row);
            builder.CloseComponent();
        }

        builder.CloseElement();
        builder.CloseElement();
    }
}

/// <summary>The map: what a second of changes is handed to.</summary>
internal sealed class MapFace : GridUnderTest
{
    public override void Show(IReadOnlyList<LiveServer> servers, LiveServer changed)
    {
        Servers = servers;
        StateHasChanged();
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenComponent<FleetMap>(0);
        builder.AddComponentParameter(1, nameof(FleetMap.Sites), FleetMapSite.Of(Servers));
        builder.AddComponentParameter(2, nameof(FleetMap.Query), new FleetQuery { Face = FleetFace.Map });
        builder.CloseComponent();
    }
}

/// <summary>MudDataGrid with the same cells as templates. It isn't virtualised here: that needs a browser, and the rows in sight are rendered either way.</summary>
internal sealed class DataGrid : GridUnderTest
{
    private static readonly (string Title, RenderFragment<LiveServer> Cell)[] Cells =
    [
        ("State", server => builder =>
        {
            builder.OpenComponent<StateIcon>(0);
            builder.AddComponentParameter(1, nameof(StateIcon.Look), StateDisplay.Of(server));
            builder.CloseComponent();
            AddAge(builder, server.StateSince);
        }),
        ("Server", server => builder =>
        {
            builder.OpenElement(0, "a");
            builder.AddAttribute(1, "href", Links.Server(server.Id));
            builder.AddContent(2, server.Name);
            builder.CloseElement();
        }),
        ("Cause and action", server => builder => builder.AddContent(0, server.Status.CauseTitle)),
        ("Last sync", server => builder => AddAge(builder, server.Status.LastSyncAt)),
        ("Last 14 syncs", server => builder =>
        {
            builder.OpenComponent<SyncStrip>(0);
            builder.AddComponentParameter(1, nameof(SyncStrip.Cells), server.Status.Strip);
            builder.CloseComponent();
        }),
        ("Updates", server => builder => builder.AddContent(0, Wording.Number(server.Status.Updates))),
        ("Pool", server => builder =>
        {
            builder.OpenComponent<StateIcon>(0);
            builder.AddComponentParameter(1, nameof(StateIcon.Look), StateDisplay.Of(server.Status.PoolState));
            builder.CloseComponent();
        }),
        ("Drift", server => builder => builder.AddContent(0, server.Status.DriftCount)),
        ("Site", server => builder => builder.AddContent(0, server.Site)),
    ];

    public override void Show(IReadOnlyList<LiveServer> servers, LiveServer changed)
    {
        Servers = [.. servers];
        StateHasChanged();
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenComponent<MudDataGrid<LiveServer>>(0);
        builder.AddComponentParameter(1, nameof(MudDataGrid<>.Items), Servers);
        builder.AddComponentParameter(2, nameof(MudDataGrid<>.Dense), true);
        builder.AddComponentParameter(3, nameof(MudDataGrid<>.Columns), (RenderFragment)(columns =>
        {
            foreach (var (title, cell) in Cells)
            {
                columns.OpenComponent<TemplateColumn<LiveServer>>(0);
                columns.AddComponentParameter(1, nameof(TemplateColumn<>.Title), title);
                columns.AddComponentParameter(2, nameof(TemplateColumn<>.CellTemplate), (RenderFragment<CellContext<LiveServer>>)(context => cell(context.Item!)));
                columns.CloseComponent();
            }
        }));
        builder.CloseComponent();
    }

    private static void AddAge(RenderTreeBuilder builder, DateTimeOffset? at)
    {
        builder.OpenComponent<Age>(10);
        builder.AddComponentParameter(11, nameof(Age.At), at);
        builder.AddComponentParameter(12, nameof(Age.IsLength), true);
        builder.CloseComponent();
    }
}
