using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Tests.Api;

/// <summary>Planning, starting and undoing a repair over REST.</summary>
public sealed class RepairApiTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private TestDashboard _dashboard = null!;
    private FakeAgent _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await FakeAgent.StartAsync();
        _dashboard = await TestDashboard.StartAsync(_folder);
    }

    [Fact]
    public async Task PostRepair_PlansAndStartsByTheFingerprint()
    {
        var id = await _dashboard.AddServerAsync(_agent.Address);
        Shared.Contract.V1.StartRepairRequest? started = null;
        _agent.Verbs.Start = request =>
        {
            started = request;
            return Samples.Run();
        };

        var (status, body, location) = await _dashboard.PostAsync($"/api/v1/servers/{id}/repairs", new { playbook = "full-repair", baseline = "guide", reason = "INC-1" });

        Assert.Equal((202, "/api/v1/repairs/run-1"), (status, location));
        Assert.Equal("running", body.GetProperty("repair").GetProperty("state").GetString());
        Assert.Equal(("f1", "INC-1", "plan-1"), (started!.Fingerprint, started.Context.Reason, started.Context.IdempotencyKey));
        var run = (await GetAsync(location!)).GetProperty("repair");
        Assert.Equal("running", run.GetProperty("steps")[1].GetProperty("state").GetString());
        Assert.Equal("applySettings", run.GetProperty("steps")[1].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task PostPlan_WithoutAPlaybook_AsksForTheOneThatCuresTheCause()
    {
        var id = await _dashboard.AddServerAsync(_agent.Address);
        Shared.Contract.V1.PlanRepairRequest? asked = null;
        _agent.Verbs.Plan = request =>
        {
            asked = request;
            return Samples.Plan();
        };
        var now = TimeProvider.System.GetUtcNow();
        (await _agent.NextWatchAsync()).Send(Samples.WithServiceStopped(now, ServiceNames.WsusService));
        await _dashboard.UntilAsync(id, server => server.Offer.Playbook is not null);

        var (status, _, _) = await _dashboard.PostAsync($"/api/v1/servers/{id}/plan", new { });

        Assert.Equal((200, "start-wsus", false), (status, asked!.Playbook, asked.IncludeRisky));
        Assert.Equal("start-wsus", (await GetAsync($"/api/v1/servers/{id}")).GetProperty("playbook").GetString());
    }

    [Fact]
    public async Task PostPlan_WithoutAPlaybookWhereNothingCuresTheCause_IsAConflictThatSaysWhatToDo()
    {
        var id = await _dashboard.AddServerAsync(_agent.Address);
        _agent.Verbs.Plan = _ => throw new InvalidOperationException("must not be called");
        var now = TimeProvider.System.GetUtcNow();
        var watch = await _agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(now));
        foreach (var refused in Samples.ProxyRefused(now))
        {
            watch.Send(refused);
        }

        await _dashboard.UntilAsync(id, server => server.Offer is { IsCauseNamed: true, Playbook: null });

        var (status, plan, _) = await _dashboard.PostAsync($"/api/v1/servers/{id}/plan", new { });
        var (startStatus, start, _) = await _dashboard.PostAsync($"/api/v1/servers/{id}/repairs", new { });

        var server = await GetAsync($"/api/v1/servers/{id}");
        Assert.Equal((409, 409), (status, startStatus));
        Assert.Contains("No repair fixes this", plan.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(server.GetProperty("nextStep").GetString()!, start.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, server.GetProperty("playbook").ValueKind);
    }

    [Fact]
    public async Task PostRepair_WithTheRiskySettings_AsksAndStartsWithThem()
    {
        var id = await _dashboard.AddServerAsync(_agent.Address);
        var deviation = new SettingDeviation { Setting = "enable32BitAppOnWin64", Wanted = "true", Planned = "true", Reason = "500.19", IsIncluded = true };
        bool? asked = null, started = null;
        _agent.Verbs.Plan = request =>
        {
            asked = request.IncludeRisky;
            return Samples.Plan() with { IncludesRisky = request.IncludeRisky, Deviations = [deviation with { IsIncluded = request.IncludeRisky }] };
        };
        _agent.Verbs.Start = request =>
        {
            started = request.IncludeRisky;
            return Samples.Run();
        };

        var (_, plan, _) = await _dashboard.PostAsync($"/api/v1/servers/{id}/plan", new { playbook = "pool-only" });
        Assert.Equal(("true", false), (plan.GetProperty("deviations")[0].GetProperty("wanted").GetString(), asked == true));
        var (status, _, _) = await _dashboard.PostAsync($"/api/v1/servers/{id}/repairs", new { playbook = "pool-only", includeRisky = true });

        Assert.Equal((202, true, true), (status, asked == true, started == true));
    }

    [Fact]
    public async Task PostRepair_PlanThatWasLookedAtNoLongerFits_StartsNothing()
    {
        var id = await _dashboard.AddServerAsync(_agent.Address);
        _agent.Verbs.Start = _ => throw new InvalidOperationException("must not be called");

        var (status, body, _) = await _dashboard.PostAsync($"/api/v1/servers/{id}/repairs", new { playbook = "full-repair", fingerprint = "old" });

        Assert.Equal(409, status);
        Assert.Contains("changed since", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostRepair_OneGoesOn_ConflictNamesIt()
    {
        var id = await _dashboard.AddServerAsync(_agent.Address);
        await _dashboard.PostAsync($"/api/v1/servers/{id}/repairs", new { playbook = "full-repair" });
        _agent.Verbs.Start = _ => throw new RpcException(new(StatusCode.FailedPrecondition, "A repair goes on."));

        var (status, body, _) = await _dashboard.PostAsync($"/api/v1/servers/{id}/repairs", new { playbook = "full-repair" });

        Assert.Equal((409, "run-1"), (status, body.GetProperty("repairId").GetString()));
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied, 403)]
    [InlineData(StatusCode.Aborted, 409)]
    [InlineData(StatusCode.InvalidArgument, 400)]
    [InlineData(StatusCode.Unavailable, 503)]
    [InlineData(StatusCode.Unimplemented, 503)]
    [InlineData(StatusCode.Internal, 503)]
    public async Task PostRepair_AgentSaysNo_IsSaidWithItsReason(StatusCode code, int expected)
    {
        var id = await _dashboard.AddServerAsync(_agent.Address);
        _agent.Verbs.Start = _ => throw new RpcException(new(code, "because of policy.json"));

        var (status, body, _) = await _dashboard.PostAsync($"/api/v1/servers/{id}/repairs", new { playbook = "full-repair" });

        Assert.Equal(expected, status);
        Assert.Equal(code != StatusCode.Unimplemented, body.GetProperty("detail").GetString()!.Contains("because of policy.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Repair_AgentIsGone_IsStillShownWithItsAgeAndUndoSaysWhy()
    {
        var id = await _dashboard.AddServerAsync(_agent.Address);
        var watch = await _agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        watch.Send(new Shared.AgentEvent { Sequence = 1, At = Clock.Start, Repair = Samples.Run(state: RepairState.Succeeded, revision: 5) });
        await _dashboard.StoredAsync(id, 1);
        await _agent.DisposeAsync();
        await _dashboard.UntilAsync(id, server => server.Link.State != LinkState.Up);

        var run = (await GetAsync("/api/v1/repairs/run-1")).GetProperty("repair");
        var (status, body, _) = await _dashboard.PostAsync("/api/v1/repairs/run-1/undo", new { });

        Assert.Equal("succeeded", run.GetProperty("state").GetString());
        Assert.Equal("The sync succeeded after 4 min.", run.GetProperty("verification").GetProperty("sentence").GetString());
        Assert.Equal(503, status);
        AssertText.Tells(body.GetProperty("detail").GetString(), "BRN-WSUS02");
    }

    [Fact]
    public async Task Keep_GoesToTheAgentWithItsReasonAndToTheAudit()
    {
        var id = await _dashboard.AddServerAsync(_agent.Address);
        var watch = await _agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        watch.Send(new Shared.AgentEvent { Sequence = 1, At = Clock.Start, Repair = Samples.Run(revision: 5) });
        await _dashboard.StoredAsync(id, 1);
        string? reason = null;
        _agent.Verbs.Keep = request =>
        {
            reason = request.Context.Reason;
            return Samples.Run(revision: 6) with { Keep = new KeepDecision("ann", request.Context.Reason, Clock.Start) };
        };

        var (withoutReason, body, _) = await _dashboard.PostAsync("/api/v1/repairs/run-1/keep", new { });
        var (status, kept, _) = await _dashboard.PostAsync("/api/v1/repairs/run-1/keep", new { reason = "it is worth it" });

        Assert.Equal((400, true), (withoutReason, body.GetProperty("errors").TryGetProperty("reason", out _)));
        Assert.Equal((202, "it is worth it", "it is worth it"), (status, reason, kept.GetProperty("repair").GetProperty("keep").GetProperty("reason").GetString()));
        Assert.Contains("repair.keep", (await GetAsync("/api/v1/audit")).ToString(), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _agent.DisposeAsync();
        _folder.Dispose();
    }

    private Task<JsonElement> GetAsync(string path) => _dashboard.Http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
}
