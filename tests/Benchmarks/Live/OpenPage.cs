#pragma warning disable BL0006 // The renderer is written against its internals, as those of Blazor are: nothing else shows what a browser would be sent.
using System.Diagnostics;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.RenderTree;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Benchmarks.Live;

/// <summary>
/// A fleet page in a circuit's own scope, rendered by Blazor's renderer as a circuit would; what a browser would be sent is looked at in place of being sent.
/// Threading: latencies are noted on the renderer's own dispatcher and taken under a lock.
/// </summary>
internal sealed class OpenPage : Renderer
{
    private static readonly Uri Site = new("http://localhost/");

    /// <summary>With its healthy servers unfolded: most of these are healthy, and rows are what is measured.</summary>
    private const string Unfolded = "?healthy=open";

    /// <summary>What people look at: most of them the page as it opens, the others a page, an order or a filter of their own.</summary>
    private static readonly string[] Addresses = [Unfolded, Unfolded, $"{Unfolded}&page=2", Unfolded, "?sort=name&descending=false", Unfolded, "?site=S03", "?search=s07", $"{Unfolded}&page=3", "?drifted=false"];

    private readonly Lock _lock = new();
    private readonly ChangingFleet _fleet;
    private readonly AsyncServiceScope _scope;
    private List<double> _latencies = [];

    private OpenPage(ChangingFleet fleet, AsyncServiceScope scope)
        : base(scope.ServiceProvider, scope.ServiceProvider.GetRequiredService<ILoggerFactory>()) => (_fleet, _scope) = (fleet, scope);

    public override Dispatcher Dispatcher { get; } = Dispatcher.CreateDefault();

    protected override RendererInfo RendererInfo { get; } = new("Server", isInteractive: true);

    public static async Task<OpenPage> OpenAsync(ChangingFleet fleet, int number)
    {
        var scope = fleet.Services.CreateOwnScope();
        ((IHostEnvironmentNavigationManager)scope.ServiceProvider.GetRequiredService<NavigationManager>()).Initialize(Site.ToString(), new Uri(Site, Addresses[number % Addresses.Length]).ToString());
        var page = new OpenPage(fleet, scope);
        await page.Dispatcher.InvokeAsync(() =>
        {
            // Not awaited: it ends when the page stops following the fleet.
            _ = page.RenderRootComponentAsync(page.AssignRootComponentId(page.InstantiateComponent(typeof(FleetPage))));
        });
        return page;
    }

    /// <summary>Milliseconds from a change to its rendering, for every change that was rendered since the last call.</summary>
    public List<double> TakeLatencies()
    {
        lock (_lock)
        {
            var taken = _latencies;
            _latencies = [];
            return taken;
        }
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _scope.DisposeAsync();
    }

    protected override Task UpdateDisplayAsync(in RenderBatch renderBatch)
    {
        lock (_lock)
        {
            for (var index = 0; index < renderBatch.UpdatedComponents.Count; index++)
            {
                foreach (var edit in renderBatch.UpdatedComponents.Array[index].Edits)
                {
                    // A row that comes into the list is no change of it.
                    if (edit.Type == RenderTreeEditType.UpdateText && _fleet.ChangedAt(renderBatch.ReferenceFrames.Array[edit.ReferenceFrameIndex].TextContent) is { } at)
                    {
                        _latencies.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                    }
                }
            }
        }

        return Task.CompletedTask;
    }

    protected override void HandleException(Exception exception)
    {
        // There is no browser: its one script is refused. Anything else ends the measurement.
        if (exception is not InvalidOperationException { Source: "Microsoft.AspNetCore.Components.Server" })
        {
            throw new BenchmarkFailure("A fleet page couldn't be rendered.", exception);
        }
    }
}
