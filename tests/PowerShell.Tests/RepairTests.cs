using System.Management.Automation;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using WsusDashboard.PowerShell.Output;
using WsusDashboard.PowerShell.Tests.Support;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.PowerShell.Tests;

/// <summary>Planning, starting, following, undoing and stopping repairs.</summary>
public sealed class RepairTests : IAsyncLifetime
{
    private readonly Queue<IResult> _states = new();
    private FakeHub _hub = null!;
    private Session _session = null!;
    private StillClock _clock = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync();
        _hub.On("GET /servers/2", Rows.Server(2, "BRN-WSUS02"))
            .On("POST /servers/2/plan", Rows.Plan())
            .On("POST /servers/2/repairs", _ => Results.Accepted("/api/v1/repairs/run-1", Rows.Repair(RepairState.Running, 0)))
            .On("GET /repairs/run-1", _ => _states.TryDequeue(out var next) ? next : Results.Ok(Rows.Repair(RepairState.Succeeded, 4)));
        (_session, _clock) = Session.Connected(_hub);
    }

    [Fact]
    public void Repair_WithWhatIf_WritesTheRealPlanAndStartsNothing()
    {
        var plan = Assert.IsType<WsdRepairPlan>(_session.Run("Repair-WsdServer BRN-WSUS02 -Playbook full-repair -Baseline guide -IncludeRisky -WhatIf").Single().BaseObject);

        Assert.Equal((2, "BRN-WSUS02", "full-repair", "f1", TimeSpan.FromSeconds(120)), (plan.ServerId, plan.ServerName, plan.Playbook, plan.Fingerprint, plan.ExpectedDuration));
        Assert.Equal(["Save settings", "Apply settings", "Reset IIS"], plan.Steps.Select(step => step.Title));
        Assert.Equal((true, "queueLength", "1000", "2000"), (plan.Steps[2].WillBeSkipped, plan.Changes.Single().Setting, plan.Changes.Single().Before, plan.Changes.Single().After));
        Assert.Equal(("enable32BitAppOnWin64", "true", "WSUS Administration", "Clients wait."), (plan.Deviations.Single().Setting, plan.Deviations.Single().Wanted, plan.Interruptions.Single(), plan.Warnings.Single()));
        Assert.Equal(["GET /servers", "POST /servers/2/plan"], _hub.Requests.Select(request => request.Route));
        Assert.Equal(("full-repair", "guide", true), Body(1, body => (body.GetProperty("playbook").GetString(), body.GetProperty("baseline").GetString(), body.GetProperty("includeRisky").GetBoolean())));
    }

    [Fact]
    public void Repair_Confirmed_StartsThePlanThatWasShownAndFollowsItToTheEnd()
    {
        _states.Enqueue(Results.Ok(Rows.Repair(RepairState.Running, 1)));
        _states.Enqueue(Results.Ok(Rows.Repair(RepairState.Running, 3)));

        var result = _session.Try("Get-WsdServer BRN-WSUS02 | Repair-WsdServer -Reason INC-1 -Ticket CHG-2 -Confirm:$false");


        var repair = Assert.IsType<WsdRepair>(result.Output.Single().BaseObject);
        Assert.Empty(result.Errors);
        Assert.Equal(("run-1", 2, "succeeded", true, "The sync succeeded after 4 min."), (repair.RepairId, repair.ServerId, repair.State, repair.IsFinal, repair.Sentence));
        var start = _hub.Requests.Single(request => request.Route == "POST /servers/2/repairs");
        Assert.Equal("""{"includeRisky":false,"fingerprint":"f1","reason":"INC-1","ticket":"CHG-2"}""", start.Body);
        Assert.Equal([0, 25, 75, 100], result.Progress.Select(progress => progress.PercentComplete));
        Assert.Equal(ProgressRecordType.Completed, result.Progress[^1].RecordType);
        Assert.Equal(3, _clock.Waits.Count);
    }

    [Fact]
    public void Repair_NotConfirmed_StartsNothing()
    {
        // Nobody is there to ask: a session without a person refuses, which is the same as no.
        var result = _session.Try("Repair-WsdServer BRN-WSUS02");

        Assert.NotEmpty(result.Errors);
        Assert.DoesNotContain(_hub.Requests, request => request.Route == "POST /servers/2/repairs");
    }

    [Fact]
    public void Repair_NoWait_ReturnsTheRepairAsItStarts()
    {
        var repair = Assert.IsType<WsdRepair>(_session.Run("Repair-WsdServer BRN-WSUS02 -NoWait -Confirm:$false").Single().BaseObject);

        Assert.Equal(("running", 4), (repair.State, repair.Steps.Length));
        Assert.Empty(_clock.Waits);
    }

    [Theory]
    [InlineData(RepairState.Failed)]
    [InlineData(RepairState.RolledBack)]
    [InlineData(RepairState.NotProven)]
    [InlineData(RepairState.Cancelled)]
    public void Repair_ThatDoesNotSucceed_IsWrittenAndAnError(RepairState state)
    {
        _states.Enqueue(Results.Ok(Rows.Repair(state)));

        var result = _session.Try("Repair-WsdServer BRN-WSUS02 -Confirm:$false");

        Assert.Equal(("RepairDidNotSucceed", ErrorCategory.OperationStopped, false), result.Failure);
        Assert.Equal("run-1", ((WsdRepair)result.Output.Single().BaseObject).RepairId);
    }

    [Fact]
    public void Repair_DashboardIsSilentMeanwhile_WarnsOnceAndGoesOn()
    {
        _states.Enqueue(FakeHub.Problem(503, "Not now."));
        _states.Enqueue(FakeHub.Problem(504, "Not now."));

        var result = _session.Try("Repair-WsdServer BRN-WSUS02 -Confirm:$false");

        Assert.Empty(result.Errors);
        Assert.Single(result.Warnings);
        Assert.Equal("succeeded", ((WsdRepair)result.Output.Single().BaseObject).State);
    }

    [Fact]
    public void Repair_ThatDoesNotEnd_IsFollowedForTheTimeGiven()
    {
        _hub.On("GET /repairs/run-1", Rows.Repair(RepairState.WaitingForApproval, 0));

        var result = _session.Try("Repair-WsdServer BRN-WSUS02 -WaitMinutes 8 -Confirm:$false");

        Assert.Equal(("StillRunning", ErrorCategory.OperationTimeout, false), result.Failure);
        Assert.Equal("waitingForApproval", ((WsdRepair)result.Output.Single().BaseObject).State);
        Assert.InRange(_clock.Elapsed, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(8.5));
    }

    [Fact]
    public void Repair_PlanThatTheServerRefuses_IsNotStarted()
    {
        _hub.On("POST /servers/2/plan", Rows.Plan("The policy forbids it."));

        var result = _session.Try("Repair-WsdServer BRN-WSUS02 -Confirm:$false");

        Assert.Equal(("PlanRefused", ErrorCategory.PermissionDenied, false), result.Failure);
        Assert.DoesNotContain(_hub.Requests, request => request.Route == "POST /servers/2/repairs");
    }

    [Fact]
    public void Repair_SeveralServers_OneThatCanNotDoesNotStopTheOthers()
    {
        _hub.On("POST /servers/1/plan", _ => FakeHub.Problem(409, "No repair fixes this."));

        var result = _session.Try("'BRN-WSUS01', 'BRN-WSUS02' | Repair-WsdServer -Confirm:$false");

        Assert.Equal(("Conflict", ErrorCategory.ResourceExists, false), result.Failure);
        Assert.Single(result.Output);
    }

    [Theory]
    [InlineData("Repair-WsdServer BRN-* -Confirm:$false", "WildcardNotAllowed")]
    [InlineData("Repair-WsdServer -Confirm:$false", "ServerNeeded")]
    [InlineData("Repair-WsdServer NONE -Confirm:$false", "ServerNotFound")]
    [InlineData("Repair-WsdServer -ServerId 0 -Confirm:$false", "ParameterArgumentValidationError")]
    public void Repair_WithoutOneServer_PlansNothing(string script, string errorId)
    {
        Assert.Equal(errorId, _session.Try(script).Failure.Id);
        Assert.DoesNotContain(_hub.Requests, request => request.Route.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public void Repair_TwoServersOfOneName_WantsTheId()
    {
        _hub.On("GET /servers", request => FakeHub.Page<Dashboard.Api.ServerJson>(request, [Rows.Server(1, "SAME"), Rows.Server(2, "SAME", "PRG")])).On("GET /servers/2", Rows.Server(2, "SAME", "PRG"));

        Assert.Equal("AmbiguousServer", _session.Try("Repair-WsdServer SAME -WhatIf").Failure.Id);
        Assert.Equal(2, ((WsdRepairPlan)_session.Run("Repair-WsdServer -ServerId 2 -WhatIf").Single().BaseObject).ServerId);
    }

    [Fact]
    public void Undo_RepairOfThePipeline_StartsAndFollowsTheUndo()
    {
        _hub.On("GET /repairs", request => FakeHub.Page(request, [Rows.Repair(RepairState.Succeeded, 4)]))
            .On("POST /repairs/run-1/undo", _ => Results.Accepted("/api/v1/repairs/run-2", Rows.Repair(RepairState.Running, 0, "run-2")))
            .On("GET /repairs/run-2", Rows.Repair(RepairState.Succeeded, 4, "run-2"));

        var undo = Assert.IsType<WsdRepair>(_session.Run("Get-WsdRepair -ServerId 2 -State Succeeded | Undo-WsdRepair -Reason 'Not needed' -Confirm:$false").Single().BaseObject);

        Assert.Equal(("run-2", "succeeded"), (undo.RepairId, undo.State));
        Assert.Equal("""{"reason":"Not needed"}""", _hub.Requests.Single(request => request.Route == "POST /repairs/run-1/undo").Body);
        Assert.Equal(("2", "succeeded"), (_hub.Requests.First().Query("server"), _hub.Requests.First().Query("state")));
    }

    [Fact]
    public void Undo_WithWhatIf_StartsNothing()
    {
        _session.Run("Undo-WsdRepair run-1 -WhatIf");

        Assert.Equal(["GET /repairs/run-1"], _hub.Requests.Select(request => request.Route));
    }

    [Theory]
    [InlineData(RepairState.Cancelled, 0)]
    [InlineData(RepairState.RolledBack, 0)]
    [InlineData(RepairState.Succeeded, 1)]
    public void Stop_Repair_WaitsForItsEnd(RepairState end, int errors)
    {
        _hub.On("POST /repairs/run-1/cancel", _ => Results.Accepted("/api/v1/repairs/run-1", Rows.Repair(RepairState.Running)));
        _states.Enqueue(Results.Ok(Rows.Repair(end)));

        var result = _session.Try("Stop-WsdRepair run-1 -Confirm:$false");

        Assert.Equal((errors, 1), (result.Errors.Count, result.Output.Count));
    }

    [Fact]
    public void Start_Sync_SaysWhatTheServerAnswers_AndNothingIsAskedWithWhatIf()
    {
        _hub.On("POST /servers/2/sync/start", new { message = "The sync has started." });

        Assert.Empty(_session.Run("Start-WsdSync -ServerId 2 -WhatIf"));
        var before = _hub.Requests.Count(request => request.Route.StartsWith("POST", StringComparison.Ordinal));
        var answers = _session.Run("Start-WsdSync -ServerId 2 -Reason 'INC-4711'");

        Assert.Equal((0, "The sync has started."), (before, (string)Assert.Single(answers).BaseObject));
        Assert.Equal("INC-4711", JsonDocument.Parse(_hub.Requests.Single(request => request.Route == "POST /servers/2/sync/start").Body).RootElement.GetProperty("reason").GetString());
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _hub.DisposeAsync();
    }

    private T Body<T>(int request, Func<JsonElement, T> read) => read(JsonDocument.Parse(_hub.Requests.ElementAt(request).Body).RootElement);
}
