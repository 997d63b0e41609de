using Bunit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Tests.Components;

namespace WsusDashboard.Dashboard.Tests.FirstDay;

public sealed class FirstServerTests
{
    [Fact]
    public async Task Create_Site_ShowsACommandWithATokenOfThatSite()
    {
        await using var host = await PageHost.StartAsync();
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => page.Find(".first-server .create"));

        page.Find(".first-server .create input").Change("BRN");
        page.Find(".first-server .create button").Click();

        page.WaitForAssertion(() => page.Find(".first-server .command code"));
        await using var context = await host.Services.GetRequiredService<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Xunit.TestContext.Current.CancellationToken);
        var token = await context.EnrolmentTokens.SingleAsync(Xunit.TestContext.Current.CancellationToken);
        Assert.Equal(("BRN", false, 10), (token.Site, token.Admits, token.MaximumUses));
        Assert.Contains(token.Id, page.Find(".first-server .command code").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follow_ServerAsksAndThenIsWatched_AppearsByItself()
    {
        await using var host = await PageHost.StartAsync();
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => page.Find(".first-server [role=status]"));

        await host.WriteAsync(context => context.Admissions.Add(new AdmissionEntity
        {
            TokenId = "t1",
            AgentPin = new string('a', 64),
            AgentVersion = "0.1.0",
            AgentId = "agent",
            ComputerName = "BRN-WSUS02",
            Address = "outbound:1",
            Site = "BRN",
            AskedFrom = "192.0.2.7",
            AskedAt = PageHost.Start.UtcDateTime,
        }));
        await PassUntilAsync(() => page.FindAll(".first-server .arrival button").Count == 2);

        await host.AddServerAsync("ZRH-SUP01", TestSnapshots.Healthy(PageHost.Start));
        await PassUntilAsync(() => page.FindAll(".first-server a[href='/servers/1']").Count == 1 && page.FindAll(".first-server .arrival li").Count == 7);
        Assert.Empty(page.FindAll(".first-server [role=status]"));

        async Task PassUntilAsync(Func<bool> condition) => await Eventually.TrueAsync(() =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        });
    }
}
