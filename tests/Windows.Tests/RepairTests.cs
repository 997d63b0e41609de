using WsusDashboard.Agent;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Windows.Tests.Support;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Windows.Tests;

/// <summary>The repair as the agent's own service carries it out: settings, pool, a real iisreset process, services in the guide's order, a synchronization.</summary>
[Collection(WindowsServerCollection.Name)]
public sealed class RepairTests(WindowsServer server)
{
    private const string Executive = ServiceNames.SmsExecutive;

    // What the services do in a full repair, in the guide's order; SMS_NOTIFICATION_SERVER is not on this server.
    private static readonly string[] WholeRepair =
    [
        "iisreset starting", "W3SVC stopping", "W3SVC stopped", "WAS stopping", "WAS stopped",
        "WAS starting", "WAS started", "W3SVC starting", "W3SVC started", "iisreset ended",
        "SMS_SITE_COMPONENT_MANAGER stopping", "SMS_SITE_COMPONENT_MANAGER stopped", "SMS_SITE_COMPONENT_MANAGER starting", "SMS_SITE_COMPONENT_MANAGER started",
        "SMS_EXECUTIVE stopping", "SMS_EXECUTIVE stopped", "SMS_EXECUTIVE starting", "SMS_EXECUTIVE started",
    ];

    [Fact]
    public async Task FullRepair_AppliesRestartsSynchronizesAndProvesIt()
    {
        await server.BeginAsync();
        server.RestoreSettings();

        var run = await EndAsync(await StartAsync());

        Assert.True(run.State == RepairState.Succeeded, Describe(run));
        Assert.True(run.Verification?.Succeeded, Describe(run));
        Assert.Equal(WholeRepair, server.Stage.Journal());
        Assert.Contains(run.Changes, change => change is { Setting: "queueLength", Before: "25000", After: "30000" });
        Assert.Contains("queueLength=\"30000\"", await File.ReadAllTextAsync(server.ApplicationHostConfig, WindowsServer.Ending), StringComparison.Ordinal);
        Assert.Contains("Internet services successfully restarted", Step(run, StepKind.ResetIis).Output, StringComparison.Ordinal);
        Assert.Equal(StepState.Skipped, Assert.Single(run.Steps, step => step.Target == ServiceNames.NotificationServer).State);
    }

    [Fact]
    public async Task FullRepair_AgentServiceStoppedInTheMiddle_GoesOnAndRepeatsNothing()
    {
        await server.BeginAsync();
        server.RestoreSettings();
        server.Stage.Give(Executive + Stage.StopHeld);
        var id = await StartAsync();
        await Eventually.TrueAsync(() => server.Stage.Journal().Contains("SMS_EXECUTIVE stopping"));

        await server.StopServiceAsync(AgentOptions.ServiceName);
        server.Stage.Take(Executive + Stage.StopHeld);
        await server.StartServiceAsync(AgentOptions.ServiceName);
        var run = await EndAsync(id);

        Assert.True(run.State == RepairState.Succeeded, Describe(run));
        Assert.Equal(WholeRepair, server.Stage.Journal());
        Assert.Contains(run.Changes, change => change is { Setting: "queueLength", Before: "25000" });
        Assert.All(run.Steps, step => Assert.Equal(step.Target == Executive ? 2 : step.State == StepState.Skipped ? step.Attempts : 1, step.Attempts));
    }

    [Fact]
    public async Task FullRepair_IisResetFails_StopsThereWithItsCodeAndWords()
    {
        await server.BeginAsync();
        server.Stage.Give("iisreset.fails");

        var run = await EndAsync(await StartAsync());

        var step = Step(run, StepKind.ResetIis);
        Assert.Equal(RepairState.Failed, run.State);
        Assert.Equal(StepState.Failed, step.State);
        Assert.Contains("iisreset ended with code 5", step.Message, StringComparison.Ordinal);
        Assert.Contains("Access denied", step.Output, StringComparison.Ordinal);
        Assert.Equal(["iisreset starting", "iisreset failed"], server.Stage.Journal());
    }

    [Fact]
    public async Task FullRepair_IisResetHangs_IsEndedAtItsLimit()
    {
        await server.BeginAsync();
        server.Stage.Give("iisreset.held");

        var run = await EndAsync(await StartAsync());
        server.Stage.Take("iisreset.held");

        Assert.Equal(RepairState.Failed, run.State);
        Assert.Contains("didn't finish within", Step(run, StepKind.ResetIis).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("iisreset.exe", (await server.Prefix.RunAsync(["tasklist"], WindowsServer.Ending)).Succeeded(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["iisreset starting"], server.Stage.Journal());
    }

    [Fact]
    public async Task FullRepair_ServiceFailsToStart_FailsThereAndNamesIt()
    {
        await server.BeginAsync();
        server.Stage.Give(Executive + Stage.StartFails);

        var run = await EndAsync(await StartAsync());

        Assert.Equal(RepairState.Failed, run.State);
        var step = Assert.Single(run.Steps, step => step.State == StepState.Failed);
        Assert.Equal(Executive, step.Target);
        Assert.Contains("SMS_EXECUTIVE: Stopped", step.ReadBack[0], StringComparison.Ordinal);
    }

    private static RepairStep Step(Repair run, StepKind kind) => Assert.Single(run.Steps, step => step.Kind == kind);

    private static string Describe(Repair run) =>
        $"{run.State}: {string.Join("; ", run.Steps.Select(step => $"{step.Number} {step.Kind} {step.Target} {step.State} {step.Message}"))}; {run.Verification?.Sentence}";

    private async Task<string> StartAsync()
    {
        var plan = await server.Agent.PlanRepairAsync(new() { Playbook = "full-repair", Baseline = "guide" }, cancellationToken: WindowsServer.Ending);
        Assert.Equal("", plan.Refusal);
        var request = new Wire.StartRepairRequest
        {
            Playbook = plan.Playbook,
            Baseline = plan.Baseline,
            Fingerprint = plan.Fingerprint,
            Context = new() { Person = "test", IdempotencyKey = Guid.NewGuid().ToString("N") },
        };
        return (await server.Agent.StartRepairAsync(request, cancellationToken: WindowsServer.Ending)).Id;
    }

    private Task<Repair> EndAsync(string id) => Eventually.Async(
        async () => (await server.Agent.GetRepairAsync(new() { Id = id }, cancellationToken: WindowsServer.Ending)).ToDomain(), run => run.IsFinal);
}
