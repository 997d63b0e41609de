using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Tests.Support;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>Attacks with commands: late, replayed, of another hub, without saying who asks.</summary>
public sealed class CommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Command_WithoutContext_IsRefusedForAHub()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);

        var refused = await AskAsync(agent, hub, null);

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("context is missing", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_ThatHasExpired_IsRefusedWithBothClocks()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);
        var now = TimeProvider.System.GetUtcNow();

        var late = await AskAsync(agent, hub, hub.Context(issuedAt: now.AddMinutes(-20)));
        var early = await AskAsync(agent, hub, hub.Context(issuedAt: now.AddMinutes(20)));
        var endless = await AskAsync(agent, hub, hub.Context(life: TimeSpan.FromDays(1)));

        Assert.Equal((StatusCode.PermissionDenied, StatusCode.PermissionDenied, StatusCode.InvalidArgument), (late.StatusCode, early.StatusCode, endless.StatusCode));
        Assert.Contains("by the dashboard's clock, and this server's clock says", late.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("from the future", early.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_WhoseClockDiffersByMinutes_IsNotTakenForExpired()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);

        var answered = await AskAsync(agent, hub, hub.Context(issuedAt: TimeProvider.System.GetUtcNow().AddMinutes(-4)));

        // It comes as far as the verb itself: there is no WSUS on this machine, and an agent that has just started is busy.
        Assert.Contains(answered.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Aborted });
    }

    [Fact]
    public async Task Command_OfAnotherHub_IsRefused()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);
        using var other = await TestHub.PairedAsync(agent);

        var refused = await AskAsync(agent, hub, other.Context());

        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        Assert.Contains("names a different dashboard", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_Replayed_GivesTheFirstAnswerAndOtherContentUnderTheKeyIsRefused()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);
        var context = hub.Context("key-1");

        var first = await AskAsync(agent, hub, context);
        var again = await AskAsync(agent, hub, context);
        var other = await Assert.ThrowsAsync<RpcException>(async () => await hub.Agent(agent).StopSyncAsync(new Wire.StopSyncRequest { Context = context }, cancellationToken: Token));

        Assert.Equal((first.StatusCode, first.Status.Detail), (again.StatusCode, again.Status.Detail));
        Assert.Equal(StatusCode.Aborted, other.StatusCode);
        Assert.Contains("already used for another request", other.Status.Detail, StringComparison.Ordinal);
        Assert.Single(Entries(agent), entry => entry is { Verb: "start-sync", Outcome: "asked" });
    }

    [Fact]
    public async Task Command_ReplayedAfterItsKeyWasForgotten_HasExpired()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);
        var context = hub.Context("key-1", issuedAt: TimeProvider.System.GetUtcNow().AddMinutes(-4), life: TimeSpan.FromMinutes(1));
        await AskAsync(agent, hub, context);

        // What the agent forgets is late by then.
        using (var connection = agent.Services.GetRequiredService<AgentStore>().OpenConnection())
        {
            var keptUntil = connection.Scalar<long>("SELECT keep_until FROM command_key WHERE key = 'key-1'");
            Assert.Equal(context.ExpiresAt.ToDateTimeOffset().AddMinutes(5).UtcTicks, keptUntil);
        }
    }

    [Fact]
    public async Task Command_OfAHub_IsInTheAgentsAuditWithPersonHubReasonAndTicket()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);

        await AskAsync(agent, hub, hub.Context());

        var entries = Entries(agent).Where(entry => entry.Verb == "start-sync").ToList();
        Assert.Equal("asked", entries[0].Outcome);
        Assert.Contains(entries[1].Outcome, new[] { "failed", "refused" });
        Assert.All(entries, entry => Assert.Equal(("ann", "test hub", "because", "CHG-7", "127.0.0.1"), (entry.Who, entry.Hub, entry.Reason, entry.Ticket, entry.From)));
        Assert.Null(AuditVerification.Run(agent.Folder).Problem);
    }

    [Fact]
    public async Task Command_ThatBegan_StandsInTheWindowsEventLogToo()
    {
        var edges = new FakeEdges();
        await using var agent = await TestAgent.StartAsync(edges);
        using var hub = await TestHub.PairedAsync(agent);

        await AskAsync(agent, hub, hub.Context());
        while (!edges.Written.Any(record => record.Text.StartsWith("start-sync: failed", StringComparison.Ordinal)))
        {
            await Task.Yield();
            Token.ThrowIfCancellationRequested();
        }

        Assert.Contains(edges.Written, record => record.Text.StartsWith("start-sync: asked", StringComparison.Ordinal));
        Assert.Contains(edges.Written, record => record.Text.StartsWith("pair: done", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Command_WherePolicyNeedsApproval_WaitsAndIsCarriedOutByTheApproval()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);
        await WritePolicyAsync(agent, "true");

        var waits = await AskAsync(agent, hub, hub.Context());
        AssertText.Tells(waits.Status.Detail, "approval");
        var again = await AskAsync(agent, hub, hub.Context());
        Assert.Equal(waits.Status.Detail, again.Status.Detail);
        var pending = Assert.Single((await agent.LocalTrust.ListApprovalsAsync(new Wire.ListApprovalsRequest(), cancellationToken: Token)).Approvals);
        Assert.Equal(("ann", "test hub", "CHG-7"), (pending.Person, pending.HubName, pending.Ticket));

        // It is carried out as far as the verb itself: there is no WSUS on this machine, and an agent that has just started is busy.
        var decided = await Assert.ThrowsAsync<RpcException>(async () => await DecideAsync(agent, pending.Id, approve: true));
        Assert.Contains(decided.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Aborted });
        Assert.Empty((await agent.LocalTrust.ListApprovalsAsync(new Wire.ListApprovalsRequest(), cancellationToken: Token)).Approvals);
        Assert.Single(Entries(agent), entry => entry is { Verb: "start-sync", Hub: "test hub" } && entry.Outcome is "failed" or "refused" && entry.Detail == decided.Status.Detail);

        // An approval is for one command: the next one waits again.
        AssertText.Tells((await AskAsync(agent, hub, hub.Context())).Status.Detail, "approval");
        Assert.Single((await agent.LocalTrust.ListApprovalsAsync(new Wire.ListApprovalsRequest(), cancellationToken: Token)).Approvals);
    }

    [Fact]
    public async Task Command_RefusedOnTheServer_DoesNotBeginAndIsWrittenDown()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);
        await WritePolicyAsync(agent, """["sync"]""");
        await AskAsync(agent, hub, hub.Context());
        var pending = Assert.Single((await agent.LocalTrust.ListApprovalsAsync(new Wire.ListApprovalsRequest(), cancellationToken: Token)).Approvals);

        var refused = await DecideAsync(agent, pending.Id, approve: false);

        AssertText.Tells(refused.Message, "root");
        Assert.Contains(AuditRefusals.Read(agent.Folder), refusal => refusal is { Verb: "start-sync", Outcome: "refused", Last.Ticket: "CHG-7" } && refusal.Last.Detail == refused.Message);
        Assert.Contains(Entries(agent), entry => entry is { Verb: "refuse-approval", Outcome: "done" } && entry.Detail == refused.Message);
        var missing = await Assert.ThrowsAsync<RpcException>(async () => await DecideAsync(agent, pending.Id, approve: true));
        Assert.Equal(StatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Command_WhoseHubWasUnpairedMeanwhile_NeverBegins()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);
        await WritePolicyAsync(agent, """["sync"]""");
        await AskAsync(agent, hub, hub.Context());
        var pending = Assert.Single((await agent.LocalTrust.ListApprovalsAsync(new Wire.ListApprovalsRequest(), cancellationToken: Token)).Approvals);
        await agent.LocalTrust.UnpairHubAsync(new Wire.UnpairHubRequest(), cancellationToken: Token);

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await DecideAsync(agent, pending.Id, approve: true));

        Assert.Contains("no longer trusted", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_WhichThePolicyDoesNotName_NeedsNoApproval()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);
        await WritePolicyAsync(agent, """["full-repair", "service"]""");

        Assert.Contains((await AskAsync(agent, hub, hub.Context())).StatusCode, new[] { StatusCode.Unavailable, StatusCode.Aborted });
    }

    private static Task WritePolicyAsync(TestAgent agent, string needsLocalApproval) =>
        File.WriteAllTextAsync(Path.Combine(agent.Folder, "policy.json"), $$"""{ "mode": "apply-settings", "needsLocalApproval": {{needsLocalApproval}} }""", Token);

    private static async Task<Wire.DecideApprovalResponse> DecideAsync(TestAgent agent, string id, bool approve) =>
        await agent.LocalTrust.DecideApprovalAsync(new Wire.DecideApprovalRequest { Id = id, Approve = approve, Person = "root" }, cancellationToken: Token);

    private static List<AgentAuditEntry> Entries(TestAgent agent) => [.. AuditFiles.ReadEntries(agent.Folder)];

    private static Task<RpcException> AskAsync(TestAgent agent, TestHub hub, Wire.CommandContext? context) =>
        Assert.ThrowsAsync<RpcException>(async () => await hub.Agent(agent).StartSyncAsync(new Wire.StartSyncRequest { Context = context }, cancellationToken: Token));
}
