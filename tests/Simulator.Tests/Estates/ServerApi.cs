using Grpc.Net.Client;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Estates;
using Contract = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>One agent over its own contract and its local channel, and the rules over what it says.</summary>
internal sealed class ServerApi(SimulatedServer server) : IDisposable
{
    private readonly GrpcChannel _channel = server.OpenLocalChannel();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Contract.Agent.AgentClient Client => new(_channel);

    public async Task<Assessment> AssessAsync()
    {
        var snapshot = await SnapshotAsync();
        var runs = await Client.ListSyncRunsAsync(new() { PageSize = 50 }, cancellationToken: Token);
        return RuleEngine.Assess(new Observation
        {
            Now = TimeProvider.System.GetUtcNow(),
            ServerName = server.Name,
            Snapshot = snapshot,
            RecentSyncs = [.. runs.Runs.Select(run => run.ToDomain())],
            Baseline = BaselineCatalog.Guide,
        });
    }

    public async Task<Plan> PlanAsync(string playbook, bool includeRisky = false) =>
        (await Client.PlanRepairAsync(new() { Playbook = playbook, Baseline = BaselineCatalog.GuideId, IncludeRisky = includeRisky }, cancellationToken: Token)).ToDomain();

    public async Task<Repair> RepairAsync(string playbook) => await StartAsync(await PlanAsync(playbook));

    /// <summary>The repair once it has ended.</summary>
    public async Task<Repair> StartAsync(Plan plan) => await EndOfAsync(await BeginAsync(plan));

    /// <summary>The id of the repair, which goes on.</summary>
    /// <param name="plan">As it was shown.</param>
    /// <param name="ticket">By which the agent's audit can be asked for it.</param>
    public async Task<string> BeginAsync(Plan plan, string ticket = "")
    {
        var request = new Contract.StartRepairRequest { Playbook = plan.Playbook, Baseline = plan.Baseline, Fingerprint = plan.Fingerprint, IncludeRisky = plan.IncludesRisky, Context = new() { Person = "test", Ticket = ticket } };
        return (await Client.StartRepairAsync(request, cancellationToken: Token)).Id;
    }

    public Task<Repair> EndOfAsync(string id) => Eventually.Async(() => FindAsync(id), run => run.IsFinal);

    public async Task<Repair> FindAsync(string id) => (await Client.GetRepairAsync(new() { Id = id }, cancellationToken: Token)).ToDomain();

    public async Task<string> UndoAsync(string id, string ticket = "") =>
        (await Client.UndoRepairAsync(new() { Id = id, Context = new() { Person = "test", Ticket = ticket } }, cancellationToken: Token)).Id;

    public async Task<Snapshot> SnapshotAsync() => (await Client.GetSnapshotAsync(new(), cancellationToken: Token)).ToDomain();

    public void Dispose() => _channel.Dispose();
}
