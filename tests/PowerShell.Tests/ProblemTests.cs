using System.Management.Automation;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.PowerShell.Output;
using WsusDashboard.PowerShell.Tests.Support;

namespace WsusDashboard.PowerShell.Tests;

/// <summary>Problems, and what people decide about them.</summary>
public sealed class ProblemTests : IAsyncLifetime
{
    private FakeHub _hub = null!;
    private Session _session = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync();
        _hub.On("GET /problems", request => FakeHub.Page<ProblemView>(request, [Rows.Problem(11), Rows.Problem(12)]));
        foreach (var id in new[] { 11, 12 })
        {
            _hub.On($"GET /problems/{id}", Rows.Problem(id, "8"));
            foreach (var what in new[] { "acknowledgement", "assignment", "silence" })
            {
                _hub.On($"PUT /problems/{id}/{what}", Rows.Problem(id, "9")).On($"DELETE /problems/{id}/{what}", Rows.Problem(id, "9"));
            }
        }

        (_session, _) = Session.Connected(_hub);
    }

    [Fact]
    public void GetProblem_WritesWhatTheApiSays()
    {
        var problem = Assert.IsType<WsdProblem>(_session.Run("Get-WsdProblem 12").Single().BaseObject);

        Assert.Equal((12L, "server", "pool-stopped", "beingRepaired", "critical", "8"), (problem.ProblemId, problem.Kind, problem.CauseId, problem.State, problem.Severity, problem.Revision));
        Assert.Equal(("Jana", Rows.Start.AddHours(4), "INC-1", "Petr"), (problem.AcknowledgedBy, problem.AcknowledgedUntil, problem.AcknowledgementComment, problem.AssignedTo.Single()));
        Assert.Equal(("Jana", Rows.Start.AddHours(2), "Patching"), (problem.SilencedBy, problem.SilencedUntil, problem.SilenceReason));
        Assert.Equal((2, "BRN-WSUS02", "run-1"), (problem.Servers.Single().ServerId, problem.Servers.Single().ServerName, problem.Servers.Single().RepairId));
    }

    [Theory]
    [InlineData("Get-WsdProblem", "true", null)]
    [InlineData("Get-WsdProblem -IncludeResolved", null, null)]
    [InlineData("Get-WsdProblem -State Resolved", null, "resolved")]
    public void GetProblem_AsksForCurrentOnes_UnlessToldOtherwise(string script, string? current, string? state)
    {
        _session.Run(script);

        Assert.Equal((current, state), (_hub.Requests.Single().Query("current"), _hub.Requests.Single().Query("state")));
    }

    [Fact]
    public void GetProblem_OfServersInThePipeline_AsksForEach()
    {
        _session.Run("Get-WsdServer -Site BRN | Get-WsdProblem -Severity Warning -AssignedTo nobody");

        Assert.Equal(["1", "2", "3"], _hub.Requests.Where(request => request.Route == "GET /problems").Select(request => request.Query("server")));
        Assert.Equal(("warning", "nobody"), (_hub.Requests.Last().Query("severity"), _hub.Requests.Last().Query("assignedTo")));
    }

    [Theory]
    [InlineData("Confirm-WsdProblem 12 -Hours 24 -Comment 'a \"quoted\" ☃'", "PUT acknowledgement", """{"hours":24,"comment":"a \"quoted\" ☃"}""")]
    [InlineData("Confirm-WsdProblem 12 -Until ([DateTimeOffset]'2026-12-02T10:00:00+01:00')", "PUT acknowledgement", """{"until":"2026-12-02T09:00:00.000Z"}""")]
    [InlineData("Confirm-WsdProblem 12 -UntilItChanges", "PUT acknowledgement", """{"untilItChanges":true}""")]
    [InlineData("Set-WsdProblem 12 -AssignTo me", "PUT assignment", """{"person":"me"}""")]
    [InlineData("Set-WsdProblem 12 -Unassign", "DELETE assignment", "")]
    [InlineData("Set-WsdProblem 12 -SilenceHours 4 -Reason 'CHG-99'", "PUT silence", """{"hours":4,"reason":"CHG-99"}""")]
    [InlineData("Set-WsdProblem 12 -SilenceUntil ([DateTimeOffset]'2026-12-02T10:00:00Z') -Reason 'CHG-99'", "PUT silence", """{"until":"2026-12-02T10:00:00.000Z","reason":"CHG-99"}""")]
    [InlineData("Set-WsdProblem 12 -EndSilence", "DELETE silence", "")]
    [InlineData("Set-WsdProblem 12 -EndAcknowledgement", "DELETE acknowledgement", "")]
    public void Change_SendsWhatTheApiTakes_AndWritesNothing(string script, string route, string body)
    {
        Assert.Empty(_session.Run(script));

        var sent = _hub.Requests.Single();
        Assert.Equal((route.Replace(" ", " /problems/12/", StringComparison.Ordinal), ""), (sent.Route, sent.IfMatch));
        Assert.Equal(body.Length == 0 ? "" : Normal(body), sent.Body.Length == 0 ? "" : Normal(sent.Body));
    }

    [Fact]
    public void Change_ProblemsOfThePipeline_ReplacesOnlyWhatWasSeen()
    {
        var after = _session.Run("Get-WsdProblem | Confirm-WsdProblem -Hours 1 -PassThru");

        Assert.Equal(["\"7\"", "\"7\""], _hub.Requests.Where(request => request.Route.StartsWith("PUT", StringComparison.Ordinal)).Select(request => request.IfMatch));
        Assert.Equal(["9", "9"], after.Select(problem => ((WsdProblem)problem.BaseObject).Revision));
    }

    [Fact]
    public void Change_WithForce_ReplacesWhatIsThereNow()
    {
        _session.Run("Get-WsdProblem | Select-Object -First 1 | Set-WsdProblem -AssignTo me -Force");

        Assert.Equal("\"8\"", _hub.Requests.Last().IfMatch);
    }

    [Fact]
    public void Change_WithWhatIf_SendsNothing()
    {
        _session.Run("Confirm-WsdProblem 12 -Hours 1 -WhatIf; Set-WsdProblem 12 -EndSilence -WhatIf");

        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public void Change_OneOfTwoWasChangedMeanwhile_IsAnErrorOfItAlone()
    {
        _hub.On("PUT /problems/11/acknowledgement", _ => FakeHub.Problem(StatusCodes.Status409Conflict, "Jana was faster."));

        var result = _session.Try("Get-WsdProblem | Confirm-WsdProblem -Hours 1 -PassThru");

        Assert.Equal(("Conflict", ErrorCategory.ResourceExists, false), result.Failure);
        Assert.Contains("Jana was faster.", result.Errors.Single().ToString(), StringComparison.Ordinal);
        Assert.Equal((11L, 12L), (result.Errors.Single().TargetObject, ((WsdProblem)result.Output.Single().BaseObject).ProblemId));
    }

    [Theory]
    [InlineData("Confirm-WsdProblem 12 -Hours 0", "ParameterArgumentValidationError")]
    [InlineData("Confirm-WsdProblem 12 -Hours 8761", "ParameterArgumentValidationError")]
    [InlineData("Confirm-WsdProblem 12 -Hours 1 -UntilItChanges", "AmbiguousParameterSet")]
    [InlineData("Confirm-WsdProblem 12 -Hours 1 -Revision 'a\"b'", "InvalidRevision")]
    public void Change_BadInput_IsRefusedBeforeAsking(string script, string errorId)
    {
        Assert.Equal(errorId, _session.Try(script).Failure.Id);
        Assert.Empty(_hub.Requests);
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _hub.DisposeAsync();
    }

    private static string Normal(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);
}
