using Bunit;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Probing;
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

        var page = Open(host, server, "settings");

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#settings tr[data-setting]")));
        var drifted = page.FindAll("#settings tr[data-setting]").Select(row => row.ClassList.Contains("drifted")).ToList();
        Assert.True(drifted[0]);
        Assert.Equal(drifted.OrderDescending(), drifted);
        Assert.Single(page.FindAll("#settings .source"));
    }

    [Fact]
    public async Task Render_CauseThatNothingHereCures_OffersNoRepairAndSaysWhatToDo()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("LSN-WSUS05", TestSnapshots.Drifted(Now), null, TestSnapshots.ProxyRefused(Now));

        var page = Open(host, server);

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#why .finding")));
        Assert.Empty(page.FindAll("#why .finding button"));
        Assert.Empty(page.FindAll(".server-head .actions > button"));
        Assert.Contains("No repair fixes this", page.Find(".server-head").TextContent, StringComparison.Ordinal);
        host.Navigation.NavigateTo($"/servers/{server.Id}/repairs");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("#repairs button")));
        await page.Find("#repairs button").ClickAsync(new());
        Assert.Equal(server.Id, host.Services.GetRequiredService<RepairSheetState>().Subject?.ServerId);
        Assert.Null(host.Services.GetRequiredService<RepairSheetState>().Subject?.Playbook);
    }

    [Fact]
    public async Task Render_FindingThatIsCured_HasTheOneButtonAndTheHeaderTheSame()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now), null, TestSnapshots.Syncs(Now, SyncResult.Cancelled));

        var page = Open(host, server);

        page.WaitForAssertion(() => Assert.Single(page.FindAll("#why .finding button")));
        await page.Find("#why .finding button").ClickAsync(new());
        var offered = host.Services.GetRequiredService<RepairSheetState>().Subject?.Playbook;
        await page.Find(".server-head .actions button").ClickAsync(new());
        Assert.Equal(("full-repair", "full-repair"), (offered, host.Services.GetRequiredService<RepairSheetState>().Subject?.Playbook));
    }

    [Fact]
    public async Task Render_WhatElseIsRead_StandsInOneCardWithWhatIsMissing()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.WithReadings(Now));

        var page = Open(host, server, "about");

        page.WaitForAssertion(() => Assert.Single(page.FindAll("#readings")));
        var card = page.Find("#readings");
        AssertText.Tells(card.TextContent, "KB5070884", "8 GB of 10 GB", "4 of 310", "ApiRemoting30", "ClientWebService", "400", "Remote configuration failed");
        Assert.Equal(["required", "not required"], card.QuerySelectorAll("tbody tr").Select(row => row.QuerySelector("td")!.TextContent));
    }

    [Fact]
    public async Task Render_SettingThatIsNotSafeHere_SaysWhatTheGuideWantsWhatIsPlannedAndWhy()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.WithLibrary(Now));

        var page = Open(host, server, "settings");

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#settings td.deviates")));
        var setting = page.FindAll("#settings tr[data-setting]").Single(row => row.TextContent.Contains("Enable 32-bit applications", StringComparison.Ordinal));
        var cells = setting.QuerySelectorAll("td");
        Assert.Equal(("False", "True"), (cells[0].TextContent.Trim(), cells[1].TextContent.Trim()));
        Assert.StartsWith("False", cells[2].TextContent.Trim(), StringComparison.Ordinal);
        Assert.Contains("500.19", setting.QuerySelector("td.why")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_SectionUnreadable_KeepsTheLastValues_AndSaysWhyAndSinceWhen()
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.Healthy(Now.AddMinutes(-20));
        snapshot = snapshot with { Wsus = snapshot.Wsus with { Status = SectionStatus.Unreadable, Failure = ReadFailure.Unavailable, Error = "HTTP 503 from ApiRemoting30.", FailingSince = Now.AddMinutes(-20) } };
        var server = await host.AddServerAsync("GVA-WSUS03", snapshot);

        var page = Open(host, server, "syncs");

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

        var page = Open(host, server, "syncs");

        page.WaitForAssertion(() => Assert.Single(page.FindAll("#counts [data-source='Database']")));
        Assert.Contains("12,480", page.Find("#counts").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Approved", page.Find("#counts").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll("#syncs [data-source='Database']"));
        Assert.Contains("Read every 2 min", page.Find("#counts .section-head").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_Clients_ShowsEachEndpointHereAndFromOutside()
    {
        await using var host = await PageHost.StartAsync();
        var client = Samples.Client(Now, change: state => state.Endpoint switch
        {
            ClientEndpoint.ClientWebService => state with { Answer = new ProbeAnswer { Status = 503, Duration = TimeSpan.FromMilliseconds(2) }, Since = Now.AddMinutes(-6) },
            ClientEndpoint.Content => state with { Skipped = SkipReason.PoolIdle, Answer = null },
            ClientEndpoint.SimpleAuthWebService => state with
            {
                Percentile95 = TimeSpan.FromSeconds(9),
                Answer = state.Answer! with { Certificate = new ProbeCertificate(Now.AddDays(11.5), CertificateProblem.None) },
            },
            _ => state,
        });
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now) with { Client = client with { Value = client.Value! with { KeptLoaded = ["WsusPool"] } } });

        var page = Open(host, server, "clients");

        page.WaitForAssertion(() => Assert.Equal(ClientEndpoints.All.Count, page.FindAll("#clients tr[data-endpoint]").Count));
        AssertText.Tells(RowOf(page, ClientEndpoint.ClientWebService), "503", "6 min");
        AssertText.Tells(RowOf(page, ClientEndpoint.SimpleAuthWebService), "200", "9 s", "12 days");
        AssertText.Tells(RowOf(page, ClientEndpoint.Content), "pool idle");
        Assert.Single(page.FindAll("#clients [data-kept-loaded='WsusPool']"));
        Assert.Equal(4, page.FindAll("#clients tr[data-endpoint='Content'] td").Count);

        host.Publish(server with { Outside = Samples.Client(Now, change: state => state with { Answer = new ProbeAnswer { Failure = ProbeFailure.NotConnected } }), Revision = server.Revision + 1 });
        page.WaitForAssertion(() => Assert.Equal(5, page.FindAll("#clients tr[data-endpoint='Content'] td").Count));
        AssertText.Tells(RowOf(page, ClientEndpoint.ReportingWebService), "No connection");
    }

    [Fact]
    public async Task Render_AgentThatDoesNotAskYet_HasTheSectionWithoutATable()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));

        var page = Open(host, server, "clients");

        page.WaitForAssertion(() => Assert.Single(page.FindAll("#clients")));
        Assert.Empty(page.FindAll("#clients tr[data-endpoint]"));
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

        var page = Open(host, server, "services");

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#services tbody tr")));
        Assert.DoesNotContain("in 3 h", page.Find("#services").TextContent, StringComparison.Ordinal);
        host.Navigation.NavigateTo($"/servers/{server.Id}/syncs");
        page.WaitForAssertion(() => Assert.DoesNotContain("in 3 h", page.Find("#counts").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Render_NeverReadWell_ShowsWhatSusdbTells()
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.Healthy(Now);
        snapshot = snapshot with { Wsus = snapshot.Wsus with { Status = SectionStatus.Unreadable, Failure = ReadFailure.Unavailable, Error = "HTTP 503.", ReadAt = null } };
        var server = await host.AddServerAsync("GVA-WSUS03", snapshot);

        var page = Open(host, server, "syncs");

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

        var page = Open(host, server, "services");

        page.WaitForAssertion(() => Assert.Contains("Two sites look like WSUS.", page.Find("#services").TextContent, StringComparison.Ordinal));
        Assert.Contains("Access is denied.", page.Find("#services").TextContent, StringComparison.Ordinal);
        host.Navigation.NavigateTo($"/servers/{server.Id}/syncs");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("#counts")));
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
        var page = Open(host, server, "services");
        var dialog = host.Render<ConfirmDialog>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#services button")));

        var clicking = page.FindAll("#services button").Single(button => button.TextContent == "Restart SMS_EXECUTIVE on BRN-WSUS02").ClickAsync(new());

        dialog.WaitForAssertion(() => Assert.Equal("Restart SMS_EXECUTIVE on BRN-WSUS02?", dialog.Find("h2").TextContent));
        Assert.Contains(dialog.FindAll("button"), button => button.TextContent == "Restart SMS_EXECUTIVE on BRN-WSUS02");
        await dialog.FindAll("button").Single(button => button.TextContent == "Cancel").ClickAsync(new());
        await clicking;
        Assert.Empty(host.Services.GetRequiredService<MudBlazor.ISnackbar>().ShownSnackbars);
    }

    [Theory]
    [InlineData(PacedCommand.Service, 1)]
    [InlineData(PacedCommand.IisRestart, 0)]
    public async Task RestartService_ServersRateIsUsedUp_SaysInTheQuestionThatItWaits(PacedCommand usedUp, int warnings)
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.PoolStopped(Now);
        var server = await host.AddServerAsync("BRN-WSUS02", snapshot with { Agent = snapshot.Agent with { Policy = snapshot.Agent.Policy with { Allowances = [new(usedUp, 6, 6, 1, Now.AddMinutes(20))] } } });
        var page = Open(host, server, "services");
        var dialog = host.Render<ConfirmDialog>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#services button")));

        var clicking = page.FindAll("#services button").Single(button => button.TextContent == "Restart SMS_EXECUTIVE on BRN-WSUS02").ClickAsync(new());

        dialog.WaitForAssertion(() => Assert.Equal(warnings, dialog.FindAll("h2 ~ div .notice-warning").Count));
        await dialog.FindAll("button").Single(button => button.TextContent == "Cancel").ClickAsync(new());
        await clicking;
    }

    [Fact]
    public async Task RestartService_AgentDoesNotAnswer_SaysSoAndOnWhichServer()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));
        var page = Open(host, server, "services");
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

        var page = Open(host, server, "services");

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
        var page = Open(host, server, "services");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#services button")));

        host.Publish(server with { Link = new LinkStatus(LinkState.Down, Now, "The connection was refused.", 3, Now) });

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("#services button")));
        host.Navigation.NavigateTo($"/servers/{server.Id}/settings");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("#settings")));
        Assert.Contains("The connection was refused.", page.Find("#settings time").GetAttribute("title"), StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll("#settings .section-body.stale"));
    }

    private static IRenderedComponent<ServerView> Open(PageHost host, LiveServer server, string? tab = null)
    {
        host.Navigation.NavigateTo(tab is null ? $"/servers/{server.Id}" : $"/servers/{server.Id}/{tab}");
        return host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));
    }

    private static string RowOf(IRenderedComponent<ServerView> page, ClientEndpoint endpoint) => page.Find($"#clients tr[data-endpoint='{endpoint}']").TextContent;
}
