using WsusDashboard.Agent.Remediation;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Commands;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Agent.Tests.Remediation;

/// <summary>Repairs that wait for a person on the server.</summary>
public sealed class ApprovalTests : IDisposable
{
    private static readonly ApprovalOrder Order = new("hub-1", new AuditEntry { Verb = "start-remediation", Outcome = "asked", Who = "Ann", Hub = "head office", Ticket = "CHG-9" });

    private readonly FakeServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Approve_OfAWaitingRepair_BeginsItAsItWasShown()
    {
        await using var life = await AgentLife.BeginAsync(_server);
        var waiting = await AskAsync(life);
        Assert.Equal((RunState.WaitingForApproval, "CHG-9", false), (waiting.State, waiting.Ticket, waiting.IsFinal));
        Assert.Null(life.Gate.OccupiedBy);
        Assert.Equal(waiting.Approval!.ExpiresAt, waiting.Approval.AskedAt + ApprovalDesk.Lifetime);

        var (_, sentence) = await life.Approvals.DecideAsync(waiting.Approval.Id, approve: true, "root", _ => true, Token);
        var ended = await life.EndOfAsync(waiting.Id);

        Assert.Contains("has begun", sentence, StringComparison.Ordinal);
        Assert.Equal(RunState.Succeeded, ended.State);
        Assert.Equal("Approved by root on the server.", ended.Approval!.Decision);
        Assert.True(ended.Revision > waiting.Revision);
    }

    [Fact]
    public async Task Refuse_OfAWaitingRepair_EndsItAndNothingWasStarted()
    {
        await using var life = await AgentLife.BeginAsync(_server);
        var waiting = await AskAsync(life);

        await life.Approvals.DecideAsync(waiting.Approval!.Id, approve: false, "root", _ => true, Token);

        AssertEnded(life.Service.Get(waiting.Id), "Refused by root on the server");
    }

    [Fact]
    public async Task Cancel_ByWhoeverAsked_WithdrawsIt()
    {
        await using var life = await AgentLife.BeginAsync(_server);
        var waiting = await AskAsync(life);

        AssertEnded(await life.Service.CancelAsync(waiting.Id, "Ann", Token), "Withdrawn by Ann");
        await Assert.ThrowsAsync<VerbException>(() => life.Approvals.DecideAsync(waiting.Approval!.Id, approve: true, "root", _ => true, Token));
    }

    [Fact]
    public async Task Nobody_Decides_ItExpires()
    {
        await using var life = await AgentLife.BeginAsync(_server);
        var waiting = await AskAsync(life);

        life.PersonsTime.Advance(ApprovalDesk.Lifetime);
        while (life.Approvals.All.Count > 0)
        {
            await Task.Yield();
            Token.ThrowIfCancellationRequested();
        }

        AssertEnded(life.Service.Get(waiting.Id), "Nobody on the server approved it");
    }

    [Fact]
    public async Task Approve_WhenTheServerChangedMeanwhile_EndsItWithTheReason()
    {
        await using var life = await AgentLife.BeginAsync(_server);
        var waiting = await AskAsync(life);
        await File.WriteAllTextAsync(Path.Combine(_server.Folder, "policy.json"), """{ "mode": "monitor-only" }""", Token);

        var refused = await Assert.ThrowsAsync<VerbException>(() => life.Approvals.DecideAsync(waiting.Approval!.Id, approve: true, "root", _ => true, Token));

        Assert.Contains("monitor-only", refused.Message, StringComparison.Ordinal);
        AssertEnded(life.Service.Get(waiting.Id), "but it could not begin");
    }

    [Fact]
    public async Task Restart_OfTheAgent_EndsWhatWaited()
    {
        string id;
        await using (var life = await AgentLife.BeginAsync(_server))
        {
            id = (await AskAsync(life)).Id;
        }

        await using var next = await AgentLife.BeginAsync(_server);
        await next.UntilOpenAsync();

        AssertEnded(next.Service.Get(id), "The agent was restarted");
        Assert.Empty(next.Approvals.All);
    }

    private static void AssertEnded(RemediationRun run, string decision)
    {
        Assert.Equal(RunState.Cancelled, run.State);
        Assert.Contains(decision, run.Approval!.Decision, StringComparison.Ordinal);
        Assert.NotNull(run.EndedAt);
        Assert.All(run.Steps, step => Assert.Equal(StepState.NotRun, step.State));
    }

    private static async Task<RemediationRun> AskAsync(AgentLife life)
    {
        await life.UntilOpenAsync();
        var plan = await life.Service.PlanAsync(PlaybookCatalog.FullRepairId, "guide", Token);
        return await life.Service.StartAsync(AgentLife.Request(plan, "key-1") with { Ticket = "CHG-9", Approval = Order }, Token);
    }
}
