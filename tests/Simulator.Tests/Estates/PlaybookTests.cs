using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.History;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>What is offered for a server is what cures it: the real rules, the real agent, a simulated server.</summary>
public sealed class PlaybookTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Offer_OfAServer_CuresItsCause()
    {
        (Scenario Scenario, string Cause, string Playbook)[] cases =
        [
            (Scenario.CompressionLibrary, FindingIds.PoolCompressionLibrary, PlaybookCatalog.PoolOnlyId),
            (Scenario.WsusServiceStopped, FindingIds.WsusServiceStopped, PlaybookCatalog.StartWsusId),
            (Scenario.ServiceDisabled, FindingIds.WsusServiceStopped, PlaybookCatalog.RestoreStartupId),
            (Scenario.ExecutiveStopped, FindingIds.SmsExecutiveStopped, PlaybookCatalog.StartSmsExecutiveId),
            (Scenario.PoolStopped, FindingIds.PoolMemoryLimit, PlaybookCatalog.FullRepairId),
        ];
        await using var estate = await StartAsync([.. cases.Select(known => known.Scenario)]);

        // A repair mostly waits: all of them at once take as long as one.
        await Task.WhenAll(cases.Select((known, index) => CureAsync(estate.Servers[index], known.Cause, known.Playbook)));
    }

    [Fact]
    public async Task Offer_OfAServerBehindARefusingProxy_IsNone()
    {
        await using var estate = await StartAsync(Scenario.ProxyRefuses);
        using var server = new ServerApi(estate.Servers[0]);

        var offer = await Eventually.Async(async () => RepairOffers.Of(await server.AssessAsync()), known => known.FindingId == FindingIds.ProxyRefused);

        Assert.Null(offer.Playbook);
        Assert.All(PlaybookCatalog.All, playbook => Assert.NotNull(offer.Objection(playbook.Id)));
    }

    [Fact]
    public async Task Repair_OfAServerThatMayNotBe32Bit_LeavesThatOutAndProposesALimit()
    {
        await using var estate = await StartAsync(Scenario.DriftedButWorking);
        using var server = new ServerApi(estate.Servers[0]);
        await Eventually.Async(server.AssessAsync, assessment => assessment.Findings.Any(finding => finding.Id == FindingIds.SettingsDrift));

        var plan = await server.PlanAsync(PlaybookCatalog.FullRepairId);
        var risky = await server.PlanAsync(PlaybookCatalog.FullRepairId, includeRisky: true);
        var run = await server.StartAsync(plan);

        Assert.Equal([SettingKeys.Enable32BitAppOnWin64, SettingKeys.PrivateMemory], plan.Deviations.Select(deviation => deviation.Setting).Order());
        Assert.True(risky.IncludesRisky);
        Assert.Contains(risky.Changes, change => change is { Setting: SettingKeys.Enable32BitAppOnWin64, After: "true" });
        Assert.Equal(RepairState.Succeeded, run.State);
        Assert.Equal(WebAnswer.Served, estate.Servers[0].Model.Answer);
        await Eventually.Async(server.AssessAsync, assessment => assessment.Findings.All(finding => finding.Id != FindingIds.SettingsDrift));
    }

    [Fact]
    public async Task Repair_ThatTakesTheServerDown_RollsItselfBack()
    {
        await using var estate = await StartAsync(Scenario.DriftedButWorking, Scenario.NativeModule);

        // What the plan had left out and a person included; and what nobody could foresee.
        var runs = await Task.WhenAll(
            RollBackAsync(estate.Servers[0], PlaybookCatalog.FullRepairId, includeRisky: true, "500.19"),
            RollBackAsync(estate.Servers[1], PlaybookCatalog.PoolOnlyId, includeRisky: false, WsusWorker.PoolName));

        // Its past tells of one that went the same way.
        var past = PastRepairs.Tell(estate.Servers[1].Profile, TimeProvider.System.GetUtcNow())!;
        Assert.Equal(runs[1].Steps.Select(step => (step.Number, step.Kind, step.Title, step.IsRollback)), past.Steps.Select(step => (step.Number, step.Kind, step.Title, step.IsRollback)));
        Assert.Equal(runs[1].Changes, past.Changes);
    }

    private static async Task CureAsync(SimulatedServer simulated, string cause, string playbook)
    {
        using var server = new ServerApi(simulated);
        var offer = await Eventually.Async(async () => RepairOffers.Of(await server.AssessAsync()), known => known.FindingId == cause);
        Assert.Equal((playbook, true), (offer.Playbook, offer.IsCauseNamed));

        var run = await server.RepairAsync(playbook);

        Assert.True(run.State == RepairState.Succeeded, $"{playbook}: {run.Steps.FirstOrDefault(step => step.State == StepState.Failed)?.Message}");
        await Eventually.Async(server.AssessAsync, assessment => assessment.Findings.All(finding => finding.Id != cause));
        Assert.Equal(WebAnswer.Served, simulated.Model.Answer);
    }

    private static async Task<Repair> RollBackAsync(SimulatedServer simulated, string playbook, bool includeRisky, string told)
    {
        using var server = new ServerApi(simulated);
        var before = (await Eventually.Async(server.SnapshotAsync, snapshot => snapshot.Iis.Value?.WsusPool is not null && simulated.Model.Answer == WebAnswer.Served)).Iis.Value!.WsusPool!.Settings;

        var run = await server.StartAsync(await server.PlanAsync(playbook, includeRisky));

        Assert.Equal((RepairState.RolledBack, TrialVerdict.Worse, false), (run.State, run.Trial?.Verdict, run.CanUndo));
        AssertText.Tells(run.Sentence, told);
        Assert.DoesNotContain(run.Steps, step => step is { IsRollback: false, Kind: StepKind.ResetIis or StepKind.StartSync, State: not StepState.NotRun });
        Assert.Equal((PoolState.Started, WebAnswer.Served), (simulated.Model.WsusPoolState, simulated.Model.Answer));
        await Eventually.Async(server.SnapshotAsync, snapshot => snapshot.Iis.Value?.WsusPool?.Settings == before);
        return run;
    }

    private Task<Estate> StartAsync(params Scenario[] scenarios) =>
        Estate.StartAsync(new() { Servers = scenarios.Length, DataDirectory = _folder.Path, Profiles = [.. scenarios.Select(scenario => ModelBench.Profile(scenario))], Speed = 20 }, cancellationToken: Token);
}
