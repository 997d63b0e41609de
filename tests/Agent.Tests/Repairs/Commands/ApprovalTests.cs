using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Tests.Repairs.Commands;

/// <summary>Repairs that wait for a person on the server.</summary>
public sealed class ApprovalTests : IDisposable
{
    private static readonly PairedHub Hub = new() { Id = new string('a', 32), Name = "head office", Pin = "pin", PairedAt = default, PairedFrom = "10.0.0.1" };

    private readonly FakeServer _server = new();

    public ApprovalTests() => _server.WritePolicy("""{ "mode": "apply-settings", "needsLocalApproval": true }""");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Approve_OfAWaitingRepair_BeginsItAsItWasShown()
    {
        await using var life = await AgentLife.BeginAsync(_server);
        var waiting = await AskAsync(life);
        Assert.Equal((RepairState.WaitingForApproval, "CHG-9", false), (waiting.State, waiting.Ticket, waiting.IsFinal));
        Assert.Null(life.Gate.OccupiedBy);
        Assert.Equal(waiting.Approval!.ExpiresAt, waiting.Approval.AskedAt + PendingApprovals.Lifetime);

        var sentence = await life.Approvals.DecideAsync(waiting.Approval.Id, approve: true, "root", Token);
        var ended = await life.EndOfAsync(waiting.Id);

        Assert.Contains("has started", sentence, StringComparison.Ordinal);
        Assert.Equal(RepairState.Succeeded, ended.State);
        Assert.Equal("Approved by root on the server.", ended.Approval!.Decision);
        Assert.True(ended.Revision > waiting.Revision);
    }

    [Fact]
    public async Task Refuse_OfAWaitingRepair_EndsItAndNothingWasStarted()
    {
        await using var life = await AgentLife.BeginAsync(_server);
        var waiting = await AskAsync(life);

        await life.Approvals.DecideAsync(waiting.Approval!.Id, approve: false, "root", Token);

        AssertEnded(life.Service.Get(waiting.Id), "Refused by root on the server");
    }

    [Fact]
    public async Task Cancel_ByWhoeverAsked_WithdrawsIt()
    {
        await using var life = await AgentLife.BeginAsync(_server);
        var waiting = await AskAsync(life);

        AssertEnded(await AsHub(life).CancelAsync(waiting.Id, Token), "Withdrawn by Ann");
        await Assert.ThrowsAsync<CommandException>(() => life.Approvals.DecideAsync(waiting.Approval!.Id, approve: true, "root", Token));
    }

    [Fact]
    public async Task Nobody_Decides_ItExpires()
    {
        await using var life = await AgentLife.BeginAsync(_server);
        var waiting = await AskAsync(life);

        life.PersonsTime.Advance(PendingApprovals.Lifetime);
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

        var refused = await Assert.ThrowsAsync<CommandException>(() => life.Approvals.DecideAsync(waiting.Approval!.Id, approve: true, "root", Token));

        Assert.Contains("monitor-only", refused.Message, StringComparison.Ordinal);
        AssertEnded(life.Service.Get(waiting.Id), "but it couldn't start");
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

        AssertEnded(next.Service.Get(id), "The agent restarted");
        Assert.Empty(next.Approvals.All);
    }

    private static void AssertEnded(Repair run, string decision)
    {
        Assert.Equal(RepairState.Cancelled, run.State);
        Assert.Contains(decision, run.Approval!.Decision, StringComparison.Ordinal);
        Assert.NotNull(run.EndedAt);
        Assert.All(run.Steps, step => Assert.Equal(StepState.NotRun, step.State));
    }

    private async Task<Repair> AskAsync(AgentLife life)
    {
        await life.UntilOpenAsync();
        life.Get<PairedHubs>().Add(Hub);
        var plan = await life.Service.PlanAsync(PlaybookCatalog.FullRepairId, "guide", Token);
        var request = AgentLife.Request(plan);
        request.Context = null;
        return await AsHub(life).StartAsync(request, Token);
    }

    private Requester AsHub(AgentLife life) => new(life.Get<CommandPipe>(), life.Get<RepairStarter>(), life.Get<RepairQueue>())
    {
        Caller = new(CallerKind.Hub, Hub, Hub.Pin, Hub.PairedFrom),
        Context = () => new()
        {
            Person = "Ann",
            Hub = Hub.Id,
            Ticket = "CHG-9",
            IdempotencyKey = Guid.NewGuid().ToString("N"),
            IssuedAt = Timestamp.FromDateTimeOffset(_server.Time.GetUtcNow()),
            ExpiresAt = Timestamp.FromDateTimeOffset(_server.Time.GetUtcNow().AddMinutes(2)),
        },
    };
}
