#pragma warning disable BL0006 // As in OpenPage: the batches that a browser would be sent.
using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.RenderTree;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Benchmarks.Live;

/// <summary>Renders one grid in a circuit's own scope, and writes each batch as Blazor writes it for the browser. Used by one measurement at a time.</summary>
internal sealed class GridRenderer : Renderer
{
    /// <summary>Blazor's own writer, which it keeps to itself: what is counted is what would be sent.</summary>
    private static readonly Type Writer = typeof(CircuitOptions).Assembly.GetType("Microsoft.AspNetCore.Components.Server.Circuits.RenderBatchWriter")
        ?? throw new BenchmarkFailure("This Blazor has no RenderBatchWriter.");

    private static readonly MethodInfo Write = Writer.GetMethod("Write", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, [typeof(RenderBatch).MakeByRefType()])
        ?? throw new BenchmarkFailure("Blazor's RenderBatchWriter writes no batch.");

    private readonly AsyncServiceScope _scope;
    private GridUnderTest? _grid;
    private long _bytes;
    private int _components;

    private GridRenderer(AsyncServiceScope scope)
        : base(scope.ServiceProvider, scope.ServiceProvider.GetRequiredService<ILoggerFactory>()) => _scope = scope;

    public override Dispatcher Dispatcher { get; } = Dispatcher.CreateDefault();

    protected override RendererInfo RendererInfo { get; } = new("Server", isInteractive: true);

    public static async Task<GridRenderer> OpenAsync(IServiceProvider services, Type grid, IReadOnlyList<LiveServer> servers)
    {
        var page = new GridRenderer(services.CreateOwnScope());
        await page.Dispatcher.InvokeAsync(async () =>
        {
            page._grid = (GridUnderTest)page.InstantiateComponent(grid);
            page._grid.Servers = [.. servers];
            await page.RenderRootComponentAsync(page.AssignRootComponentId(page._grid));
        });
        return page;
    }

    /// <summary>Ends when all that the change asks for is rendered.</summary>
    public Task ShowAsync(IReadOnlyList<LiveServer> servers, LiveServer changed) => Dispatcher.InvokeAsync(() => _grid!.Show(servers, changed));

    /// <summary>Bytes and components of all batches since the last call.</summary>
    public (long Bytes, int Components) TakeBatches()
    {
        var taken = (_bytes, _components);
        (_bytes, _components) = (0, 0);
        return taken;
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _scope.DisposeAsync();
    }

    protected override Task UpdateDisplayAsync(in RenderBatch renderBatch)
    {
        using var stream = new MemoryStream();
        using (var writer = (IDisposable)Activator.CreateInstance(Writer, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, [stream, true], null)!)
        {
            Write.Invoke(writer, [renderBatch]);
        }

        (_bytes, _components) = (_bytes + stream.Length, _components + renderBatch.UpdatedComponents.Count);
        return Task.CompletedTask;
    }

    protected override void HandleException(Exception exception)
    {
        // There is no browser, so scripts are refused.
        if (exception is not InvalidOperationException { Source: "Microsoft.AspNetCore.Components.Server" })
        {
            ExceptionDispatchInfo.Throw(exception);
        }
    }
}
