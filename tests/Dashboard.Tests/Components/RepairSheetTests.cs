using Bunit;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Components;

/// <summary>What the sheet shows is in the address: a link opens it, another address closes it.</summary>
public sealed class RepairSheetTests
{
    private static readonly DateTimeOffset Now = PageHost.Start;

    [Theory]
    [InlineData("", "full-repair", null)]
    [InlineData("?playbook=pool-only", "pool-only", null)]
    [InlineData("?playbook=nothing", "full-repair", null)]
    [InlineData("?repair=run-1", null, "run-1")]
    public async Task Subject_OfAnAddress_IsThePlanOrTheRun(string query, string? playbook, string? repairId)
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now), null, TestSnapshots.Syncs(Now, SyncResult.Cancelled));

        host.Navigation.NavigateTo($"/servers/{server.Id}/repair{query}");

        Assert.Equal(new RepairSubject(server.Id, "BRN-WSUS02", playbook, repairId), host.Services.GetRequiredService<RepairSheetState>().Subject);
    }

    [Theory]
    [InlineData("/servers/99/repair")]
    [InlineData("/servers/1")]
    [InlineData("/servers/1/repairs")]
    [InlineData("/servers/x/repair")]
    public async Task Subject_OfAnotherAddress_IsNone(string address)
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));

        host.Navigation.NavigateTo(address);

        Assert.Null(host.Services.GetRequiredService<RepairSheetState>().Subject);
    }

    [Fact]
    public async Task Sheet_OpenedByALink_ClosesToTheServersPage()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));
        host.Navigation.NavigateTo($"/servers/{server.Id}/repair");
        var sheet = host.Render<RepairSheet>();
        sheet.WaitForAssertion(() => Assert.Single(sheet.FindAll("#sheet-title")));

        await sheet.Find(".sheet-close").ClickAsync(new());

        sheet.WaitForAssertion(() => Assert.Empty(sheet.FindAll("#sheet-title")));
        Assert.EndsWith($"/servers/{server.Id}", host.Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sheet_OpenedFromAPage_GoesBackThere()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));
        host.Navigation.NavigateTo("/");
        var sheet = host.Render<RepairSheet>();
        var module = host.JSInterop.SetupModule("./app.js");
        module.Mode = JSRuntimeMode.Loose;
        await sheet.InvokeAsync(() => host.Services.GetRequiredService<RepairSheetState>().OpenPlan(server.Id, server.Name, "full-repair"));
        sheet.WaitForAssertion(() => Assert.Single(sheet.FindAll("#sheet-title")));

        await sheet.Find(".sheet-close").ClickAsync(new());

        Assert.Single(module.Invocations["goBack"]);
        Assert.Empty(sheet.FindAll("#sheet-title"));
    }

    [Fact]
    public async Task Sheet_AddressChanges_Closes()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));
        host.Navigation.NavigateTo($"/servers/{server.Id}/repair");
        var sheet = host.Render<RepairSheet>();
        sheet.WaitForAssertion(() => Assert.Single(sheet.FindAll("#sheet-title")));

        await sheet.InvokeAsync(() => host.Navigation.NavigateTo($"/servers/{server.Id}"));

        sheet.WaitForAssertion(() => Assert.Empty(sheet.FindAll("#sheet-title")));
    }
}
