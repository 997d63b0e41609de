using Bunit;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Components;

public sealed class ServerPageTests
{
    private static readonly DateTimeOffset Now = PageHost.Start;

    [Fact]
    public async Task Render_UnknownServer_SaysSo()
    {
        await using var host = await PageHost.StartAsync();

        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, 99));

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".empty-state")));
    }

    [Fact]
    public async Task Render_DriftedSettings_DifferencesStandFirst_WithWhoRecommends()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));

        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#settings tbody tr")));
        var drifted = page.FindAll("#settings tbody tr").Select(row => row.ClassList.Contains("drifted")).ToList();
        Assert.True(drifted[0]);
        Assert.Equal(drifted.OrderDescending(), drifted);
        Assert.Single(page.FindAll("#settings .source"));
    }

    [Fact]
    public async Task Render_SectionUnreadable_KeepsTheLastValues_AndSaysWhyAndSinceWhen()
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.Healthy(Now.AddMinutes(-20));
        snapshot = snapshot with { Wsus = snapshot.Wsus with { Status = SectionStatus.Unreadable, Failure = ReadFailure.Unavailable, Error = "HTTP 503 from ApiRemoting30.", FailingSince = Now.AddMinutes(-20) } };
        var server = await host.AddServerAsync("GVA-WSUS03", snapshot);

        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));

        page.WaitForAssertion(() => Assert.Contains("HTTP 503 from ApiRemoting30.", page.Find("#counts").TextContent, StringComparison.Ordinal));
        Assert.Contains("20 min", page.Find("#counts").TextContent, StringComparison.Ordinal);
        Assert.Contains("12,480", page.Find("#counts .section-body.stale").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_NumbersFromSusdb_SaysSo_AndShowsOnlyWhatSusdbTells()
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.Healthy(Now);
        snapshot = snapshot with
        {
            Wsus = snapshot.Wsus with
            {
                Status = SectionStatus.Unreadable,
                Failure = ReadFailure.Unavailable,
                Error = "HTTP 503 from ApiRemoting30.",
                Slowed = "Read every 2 min instead of every 30 s.",
                Value = snapshot.Wsus.Value! with { CountsSource = WsusSource.Database, HistorySource = WsusSource.Database },
            },
        };
        var server = await host.AddServerAsync("GVA-WSUS03", snapshot);

        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));

        page.WaitForAssertion(() => Assert.Single(page.FindAll("#counts [data-source='Database']")));
        Assert.Contains("12,480", page.Find("#counts").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Approved", page.Find("#counts").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll("#syncs [data-source='Database']"));
        Assert.Contains("Read every 2 min", page.Find("#counts .section-head").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_ClockOfTheServerIsAhead_ShowsNoNegativeAge()
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.Healthy(Now.AddHours(3));
        snapshot = snapshot with
        {
            Services = snapshot.Services with { Value = new ServicesState { Services = [new ServiceStatus { Name = ServiceNames.SmsExecutive, State = ServiceState.Running, StateSince = Now.AddHours(3) }] } },
        };
        var server = await host.AddServerAsync("GVA-WSUS03", snapshot);

        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#services tbody tr")));
        Assert.DoesNotContain("in 3 h", page.Find("#services").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("in 3 h", page.Find("#counts").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_NeverReadWell_ShowsWhatSusdbTells()
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.Healthy(Now);
        snapshot = snapshot with { Wsus = snapshot.Wsus with { Status = SectionStatus.Unreadable, Failure = ReadFailure.Unavailable, Error = "HTTP 503.", ReadAt = null } };
        var server = await host.AddServerAsync("GVA-WSUS03", snapshot);

        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));

        page.WaitForAssertion(() => Assert.Contains("12,480", page.Find("#counts").TextContent, StringComparison.Ordinal));
        Assert.Single(page.FindAll("#counts .section-body"));
    }

    [Fact]
    public async Task Render_WhatTheServerLeavesOpen_IsSaidWhereItMatters()
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.Healthy(Now);
        snapshot = snapshot with
        {
            Iis = snapshot.Iis with { Value = snapshot.Iis.Value! with { WsusPoolNote = "Two sites look like WSUS." } },
            Services = snapshot.Services with { Value = new ServicesState { Services = [new ServiceStatus { Name = ServiceNames.SmsExecutive, Problem = "Access is denied." }] } },
            ConfigMgr = snapshot.ConfigMgr with
            {
                Status = SectionStatus.Ok,
                Value = new ConfigMgrState
                {
                    SiteCode = "BRN",
                    Note = "The provider shows this account nothing.",
                    HasSyncSchedule = false,
                    Components = [new SiteComponent { Name = "SMS_WSUS_SYNC_MANAGER", Computer = "BRN01", Health = ComponentHealth.Critical, IsStarted = true, Errors = 3 }],
                },
            },
        };
        var server = await host.AddServerAsync("BRN-WSUS02", snapshot);

        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));

        page.WaitForAssertion(() => Assert.Contains("Two sites look like WSUS.", page.Find("#services").TextContent, StringComparison.Ordinal));
        Assert.Contains("Access is denied.", page.Find("#services").TextContent, StringComparison.Ordinal);
        var counts = page.Find("#counts").TextContent;
        Assert.Contains("The provider shows this account nothing.", counts, StringComparison.Ordinal);
        Assert.Single(page.FindAll("#counts [data-schedule='none']"));
        AssertText.Tells(counts, "SMS_WSUS_SYNC_MANAGER", "BRN01", "3 ");
    }

    [Fact]
    public async Task RestartService_Asks_NamingVerbServiceAndServer_AndDoesNothingOnCancel()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));
        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));
        var dialog = host.Render<ConfirmDialog>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#services button")));

        var clicking = page.FindAll("#services button").Single(button => button.TextContent == "Restart SMS_EXECUTIVE on BRN-WSUS02").ClickAsync(new());

        dialog.WaitForAssertion(() => Assert.Equal("Restart SMS_EXECUTIVE on BRN-WSUS02?", dialog.Find("h2").TextContent));
        Assert.Contains(dialog.FindAll("button"), button => button.TextContent == "Restart SMS_EXECUTIVE on BRN-WSUS02");
        await dialog.FindAll("button").Single(button => button.TextContent == "Cancel").ClickAsync(new());
        await clicking;
        Assert.Empty(host.Services.GetRequiredService<MudBlazor.ISnackbar>().ShownSnackbars);
    }

    [Fact]
    public async Task RestartService_AgentDoesNotAnswer_SaysSoAndOnWhichServer()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));
        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#services button")));
        var confirmation = host.Services.GetRequiredService<Confirmation>();

        var clicking = page.FindAll("#services button").Single(button => button.TextContent == "Restart SMS_EXECUTIVE on BRN-WSUS02").ClickAsync(new());
        page.WaitForState(() => confirmation.Current is not null);
        await page.InvokeAsync(() => confirmation.Answer(new ConfirmAnswer("")));
        await clicking;

        var shown = Assert.Single(host.Services.GetRequiredService<MudBlazor.ISnackbar>().ShownSnackbars);
        Assert.Equal(MudBlazor.Severity.Error, shown.Severity);
    }

    [Theory]
    [InlineData(PolicyMode.MonitorOnly)]
    [InlineData(PolicyMode.Restart)]
    public async Task Verbs_OnlyThoseThatThePolicyAllows(PolicyMode mode)
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.Healthy(Now);
        snapshot = snapshot with { Agent = snapshot.Agent with { Policy = snapshot.Agent.Policy with { Mode = mode, AllowedServices = [ServiceNames.SmsExecutive], AllowedPools = [] } } };
        var server = await host.AddServerAsync("NEU-WSUS10", snapshot);

        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#services tbody tr")));
        var verbs = page.FindAll("#services button").Select(button => button.TextContent);
        if (mode == PolicyMode.MonitorOnly)
        {
            Assert.Empty(verbs);
            Assert.Contains("monitor-only", page.Find("#services").TextContent, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(["Restart SMS_EXECUTIVE on NEU-WSUS10", "Stop SMS_EXECUTIVE on NEU-WSUS10"], verbs);
        }
    }

    [Fact]
    public async Task Live_LinkGoesDown_SectionsLookStale_AndVerbsGo()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("FRB-WSUS11", TestSnapshots.Healthy(Now), null, TestSnapshots.Syncs(Now, SyncResult.Succeeded));
        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#services button")));

        host.Publish(server with { Link = new LinkStatus(LinkState.Down, Now, "The connection was refused.", 3, Now) });

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("#services button")));
        Assert.Contains("The connection was refused.", page.Find("#settings time").GetAttribute("title"), StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll("#settings .section-body.stale"));
    }
}
