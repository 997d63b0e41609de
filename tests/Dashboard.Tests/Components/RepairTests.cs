using Bunit;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Components;

public sealed class RepairTests
{
    private static readonly DateTimeOffset Now = PageHost.Start;

    [Fact]
    public async Task Plan_AgentDoesNotAnswer_SaysSo_AndOffersToTryAgain()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));

        var panel = host.Render<PlanPanel>(parameters => parameters.Add(part => part.ServerId, server.Id).Add(part => part.ServerName, server.Name).Add(part => part.Playbook, "full-repair"));

        panel.WaitForAssertion(() => Assert.Single(panel.FindAll("[role='alert']")));
        Assert.Single(panel.FindAll("[role='alert'] button"));
        Assert.True(panel.Find("button.mud-button-filled").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Plan_NothingCuresTheCause_LetsAPersonChoose()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("LSN-WSUS05", TestSnapshots.Drifted(Now), null, TestSnapshots.ProxyRefused(Now));

        var panel = host.Render<PlanPanel>(parameters => parameters.Add(part => part.ServerId, server.Id).Add(part => part.ServerName, server.Name).Add(part => part.Playbook, null));

        Assert.Contains("No repair fixes this", panel.Find(".notice").TextContent, StringComparison.Ordinal);
        Assert.True(panel.Find("button.mud-button-filled").HasAttribute("disabled"));

        await panel.Find("select").ChangeAsync(new() { Value = "pool-only" });

        Assert.Contains("doesn't fix the cause", panel.Find(".notice[role='status']").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_OfThePlaybookThatCures_SaysNothingAgainstIt()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));

        var panel = host.Render<PlanPanel>(parameters => parameters.Add(part => part.ServerId, server.Id).Add(part => part.ServerName, server.Name).Add(part => part.Playbook, "full-repair"));

        Assert.Empty(panel.FindAll(".notice[role='status']"));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public async Task Plan_ServersRateIsUsedUp_SaysThatItWaitsForAnApproval(int used, bool waits)
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.PoolStopped(Now);
        CommandAllowance[] allowances = [new(PacedCommand.Pool, 6, 6, 1, null), new(PacedCommand.Repair, 4, used, 24, waits ? Now.AddHours(3) : null)];
        var server = await host.AddServerAsync("BRN-WSUS02", snapshot with { Agent = snapshot.Agent with { Policy = snapshot.Agent.Policy with { Allowances = [.. allowances] } } });

        var panel = host.Render<PlanPanel>(parameters => parameters.Add(part => part.ServerId, server.Id).Add(part => part.ServerName, server.Name).Add(part => part.Playbook, "full-repair"));

        Assert.Equal(waits ? 1 : 0, panel.FindAll(".notice.waits").Count);
        if (waits)
        {
            AssertText.Tells(panel.Find(".notice.waits").TextContent, "5th repair in 24 hours", "4", "approve");
        }
    }

    [Fact]
    public async Task Plan_WithARiskySetting_LeavesItOutUntilAPersonSaysYes()
    {
        using var folder = new TempFolder();
        await using var agent = await FakeAgent.StartAsync();
        agent.Verbs.Plan = request => Samples.Plan() with
        {
            IncludesRisky = request.IncludeRisky,
            Deviations = [new SettingDeviation { Setting = "enable32BitAppOnWin64", Wanted = "true", Planned = request.IncludeRisky ? "true" : "false", Reason = "500.19", IsIncluded = request.IncludeRisky }],
        };
        bool? started = null;
        agent.Verbs.Start = request =>
        {
            started = request.IncludeRisky;
            return Samples.Run();
        };
        await using var dashboard = await TestDashboard.StartAsync(folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        await using var scope = dashboard.Services.CreateOwnScope();
        await using var page = new BunitContext();
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        page.Services.AddFallbackServiceProvider(scope.ServiceProvider);

        var panel = page.Render<PlanPanel>(parameters => parameters.Add(part => part.ServerId, id).Add(part => part.ServerName, "BRN-WSUS02").Add(part => part.Playbook, "pool-only"));

        panel.WaitForAssertion(() => Assert.Equal("False", panel.Find(".deviations td.planned").TextContent), Eventually.Limit);
        Assert.Contains("500.19", panel.Find(".deviations").TextContent, StringComparison.Ordinal);
        await panel.Find(".deviations input").ChangeAsync(new() { Value = true });
        panel.WaitForAssertion(() => Assert.Equal("True", panel.Find(".deviations td.planned").TextContent), Eventually.Limit);
        await panel.FindAll("button.mud-button-filled").Single().ClickAsync(new());
        panel.WaitForAssertion(() => Assert.True(started), Eventually.Limit);
    }

    [Fact]
    public async Task Run_Succeeded_ShowsTheSentenceAndTheTwoNumbers()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddRunAsync(server.Id, Run("run-1", RepairState.Succeeded));

        var panel = host.Render<RepairPanel>(parameters => parameters.Add(part => part.RepairId, "run-1"));

        panel.WaitForAssertion(() => Assert.Contains("Sync succeeded after 4 min.", panel.Markup, StringComparison.Ordinal));
        Assert.Contains("0 → 12,480", panel.Find(".two-numbers").TextContent, StringComparison.Ordinal);
        Assert.Contains("Sync succeeded after 4 min.", panel.Find("[aria-live='polite']").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Undo_AsksNamingServerAndEachSetting()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddRunAsync(server.Id, Run("run-1", RepairState.Succeeded));
        var panel = host.Render<RepairPanel>(parameters => parameters.Add(part => part.RepairId, "run-1"));
        panel.WaitForAssertion(() => Assert.Contains(panel.FindAll("button"), IsUndo));

        var clicking = panel.FindAll("button").Single(IsUndo).ClickAsync(new());

        var confirmation = host.Services.GetRequiredService<Confirmation>();
        panel.WaitForState(() => confirmation.Current is not null);
        Assert.Contains("BRN-WSUS02", confirmation.Current!.Title, StringComparison.Ordinal);
        Assert.Equal(2, confirmation.Current.Touches.Count);
        AssertText.Tells(confirmation.Current.Touches[0], "30,000 → 1,000");
        AssertText.Tells(confirmation.Current.Touches[1], "→ 20 min");
        AssertText.Tells(confirmation.Current.Verb, "2 ", "BRN-WSUS02");
        await panel.InvokeAsync(() => confirmation.Answer(null));
        await clicking;
        Assert.Empty(panel.FindAll("[role='alert']"));
    }

    [Fact]
    public async Task Run_GoesOnButServerDoesNotAnswer_SaysThatItGoesOn()
    {
        await using var host = await PageHost.StartAsync();
        var down = new Live.LinkStatus(Live.LinkState.Down, Now, "The connection was refused.", 3, Now);
        var server = await host.AddServerAsync("FRB-WSUS11", TestSnapshots.Healthy(Now), down);
        await host.AddRunAsync(server.Id, Run("run-1", RepairState.Running));

        var panel = host.Render<RepairPanel>(parameters => parameters.Add(part => part.RepairId, "run-1"));

        panel.WaitForAssertion(() => Assert.Contains("FRB-WSUS11", panel.Find(".notice-warning[role='status']").TextContent, StringComparison.Ordinal));
        Assert.Single(panel.FindAll(".notice-busy button"));
        Assert.Single(panel.FindAll("button"));
    }

    [Fact]
    public async Task Run_RolledBack_SaysWhyAndShowsWhatClientsGot_AndOffersNoUndo()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddRunAsync(server.Id, Run("run-1", RepairState.RolledBack) with
        {
            CanUndo = false,
            Trial = Trial(TrialVerdict.Worse) with { Reason = "With the new settings, clients get worse answers than before: ClientWebService answers 500.19." },
            Verification = null,
        });

        var panel = host.Render<RepairPanel>(parameters => parameters.Add(part => part.RepairId, "run-1"));

        panel.WaitForAssertion(() => AssertText.Tells(panel.Find(".notice-warning .result").TextContent, "Rolled back", "500.19"));
        AssertText.Tells(panel.Find("tr[data-endpoint='ClientWebService']").TextContent, "200 after", "500.19");
        Assert.DoesNotContain(panel.FindAll("button"), IsUndo);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task Run_OnTrial_OffersToKeepOnlyWhereTheServerLetsIt(bool keepAnyway, int buttons)
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.Healthy(Now);
        var server = await host.AddServerAsync("BRN-WSUS02", snapshot with { Agent = snapshot.Agent with { Policy = snapshot.Agent.Policy with { KeepAnyway = keepAnyway } } });
        await host.AddRunAsync(server.Id, Run("run-1", RepairState.Running) with { Trial = Trial(TrialVerdict.Open) });

        var panel = host.Render<RepairPanel>(parameters => parameters.Add(part => part.RepairId, "run-1"));

        panel.WaitForAssertion(() => Assert.Equal(buttons, panel.FindAll(".notice-busy button").Count));
        AssertText.Tells(panel.Find(".notice-busy").TextContent, "on trial");
    }

    [Fact]
    public async Task Run_Unknown_SaysSo()
    {
        await using var host = await PageHost.StartAsync();

        var panel = host.Render<RepairPanel>(parameters => parameters.Add(part => part.RepairId, "nothing"));

        panel.WaitForAssertion(() => Assert.Single(panel.FindAll(".empty-state")));
    }

    [Fact]
    public async Task List_StateInAddress_FiltersTheList()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddRunAsync(server.Id, Run("run-1", RepairState.Succeeded));
        await host.AddRunAsync(server.Id, Run("run-2", RepairState.Failed));
        host.Navigation.NavigateTo("/repairs?state=failed");

        var page = host.Render<RepairsPage>();

        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        Assert.Contains("Failed", page.Find("tbody tr").TextContent, StringComparison.Ordinal);
    }

    private static bool IsUndo(AngleSharp.Dom.IElement button) => button.TextContent.Contains("2 ", StringComparison.Ordinal) && button.TextContent.Contains("BRN-WSUS02", StringComparison.Ordinal);

    private static Trial Trial(TrialVerdict verdict) => new()
    {
        Endpoints =
        [
            new EndpointTrial
            {
                Endpoint = ClientEndpoint.ClientWebService,
                Before = AnswerClass.Answered,
                WordsBefore = "200",
                MedianBefore = TimeSpan.FromMilliseconds(40),
                After = AnswerClass.Failed,
                WordsAfter = "500.19",
                MedianAfter = TimeSpan.FromMilliseconds(3),
            },
        ],
        Verdict = verdict,
    };

    private static Repair Run(string id, RepairState state) => new()
    {
        Id = id,
        PlanFingerprint = "f",
        ComputerName = "SERVER",
        Playbook = "full-repair",
        Baseline = "guide",
        PoolName = "WsusPool",
        State = state,
        RequestedBy = "dashboard",
        StartedAt = Now.AddMinutes(-6),
        EndedAt = state == RepairState.Running ? null : Now,
        CanUndo = true,
        Steps =
        [
            new RepairStep { Number = 1, Kind = StepKind.SaveSettings, Title = "Save settings", State = StepState.Done, Message = "6 settings saved." },
            new RepairStep { Number = 2, Kind = StepKind.VerifySync, Title = "Verify the sync", State = state == RepairState.Running ? StepState.Running : StepState.Done },
        ],
        Changes =
        [
            new SettingChange { Setting = "queueLength", Before = "1000", After = "30000" },
            new SettingChange { Setting = "idleTimeout", Before = "20", After = "0" },
        ],
        Verification = state == RepairState.Succeeded
            ? new Verification { SyncResult = SyncResult.Succeeded, Succeeded = true, ConfigMgrUpdatesBefore = 0, ConfigMgrUpdatesAfter = 12_480, Sentence = "Sync succeeded after 4 min. Updates in MECM: 0 → 12,480." }
            : null,
    };
}
