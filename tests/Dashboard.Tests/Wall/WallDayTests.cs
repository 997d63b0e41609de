using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.RenderTree;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsusDashboard.Dashboard.Features.Wall;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Components;
using WsusDashboard.Shared.Rules.Findings;

#pragma warning disable BL0006 // A renderer of the framework's own kind is what a circuit has; a test that no longer compiles says so.

namespace WsusDashboard.Dashboard.Tests.Wall;

/// <summary>A screen that hangs there for a day. Alone: it weighs the memory of the whole process.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WallDayTests
{
    private const string Name = "weighs the process";
    private const int Servers = 60;
    private const double LargestGrowth = 0.10;

    private static readonly TimeSpan ChangeEvery = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Wall_OverADay_FollowsEveryChangeAndKeepsNothingOfIt()
    {
        await using var host = await PageHost.StartAsync();
        var servers = Enumerable.Range(1, Servers).Select(id => Server(host, id)).ToArray();
        host.Live.Reset(servers);
        await using var screen = new Screen(host.Services);
        await screen.OpenAsync();

        // The first two hours fill what is made once.
        await PassAsync(host, screen, servers, TimeSpan.FromHours(2));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await PassAsync(host, screen, servers, TimeSpan.FromHours(24));
        var after = GC.GetTotalMemory(forceFullCollection: true);

        Xunit.TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{screen.Renderings} renderings; heap {before / 1024} KB, after a day {after / 1024} KB"));
        Assert.True(screen.Renderings >= TimeSpan.FromHours(26) / ChangeEvery);
        Assert.True(after < before * (1 + LargestGrowth), $"The heap grew from {before} to {after} bytes.");
        GC.KeepAlive(servers);
    }

    /// <summary>One server after the other becomes critical, then healthy again; the wall shows each.</summary>
    private static async Task PassAsync(PageHost host, Screen screen, LiveServer[] servers, TimeSpan time)
    {
        for (var step = 0; step < time / ChangeEvery; step++)
        {
            var index = step % Servers;
            var isCritical = servers[index].Status.Health != Health.Critical;
            servers[index] = servers[index] with
            {
                Status = isCritical
                    ? new() { Health = Health.Critical, CauseId = $"cause-{index % 7}", CauseTitle = $"Cause {index % 7}" }
                    : new() { Health = Health.Healthy },
                Link = host.Up(),
            };
            screen.Forget();
            host.Live.Publish(servers[index]);
            host.Time.Advance(ChangeEvery);
            await screen.RenderedAsync();
        }
    }

    private static LiveServer Server(PageHost host, int id) => new()
    {
        Id = id,
        Name = $"SRV-{id:D2}",
        Site = $"S{id % 6}",
        Address = $"https://srv-{id:D2}:5101",
        Baseline = "guide",
        Status = new() { Health = Health.Healthy },
        Link = host.Up(),
    };

    /// <summary>Renders as a circuit does and keeps nothing: bUnit's own renderer grows with each rendering.</summary>
    private sealed class Screen(IServiceProvider services) : Renderer(services, services.GetRequiredService<ILoggerFactory>())
    {
        private readonly SemaphoreSlim _rendered = new(0);
        private Exception? _failure;
        private int _page;

        public override Dispatcher Dispatcher { get; } = Dispatcher.CreateDefault();

        /// <summary>Of the wall's page, without its clock.</summary>
        public int Renderings { get; private set; }

        protected override RendererInfo RendererInfo { get; } = new("Server", isInteractive: true);

        public async Task OpenAsync()
        {
            // It isn't waited for: the page follows the fleet until it goes.
            _ = Dispatcher.InvokeAsync(() =>
            {
                _page = AssignRootComponentId(InstantiateComponent(typeof(WallPage)));
                return RenderRootComponentAsync(_page);
            });
            await RenderedAsync();
        }

        public void Forget()
        {
            while (_rendered.Wait(0))
            {
                // An older rendering.
            }
        }

        public async Task RenderedAsync()
        {
            var isRendered = await _rendered.WaitAsync(Eventually.Limit, Xunit.TestContext.Current.CancellationToken);
            Assert.Null(_failure);
            Assert.True(isRendered, "The wall doesn't show a change.");
        }

        protected override void HandleException(Exception exception)
        {
            _failure = exception;
            _rendered.Release();
        }

        protected override Task UpdateDisplayAsync(in RenderBatch renderBatch)
        {
            for (var place = 0; place < renderBatch.UpdatedComponents.Count; place++)
            {
                if (renderBatch.UpdatedComponents.Array[place].ComponentId == _page)
                {
                    Renderings++;
                    _rendered.Release();
                }
            }

            return Task.CompletedTask;
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing)
            {
                _rendered.Dispose();
            }
        }
    }
}
