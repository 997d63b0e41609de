using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Playbooks;

public sealed class PlaybookCatalogTests
{
    public static TheoryData<string> Ids => [.. PlaybookCatalog.All.Select(playbook => playbook.Id)];

    [Fact]
    public void FullRepair_ItsSteps_StandInTheOrderOfTheGuide()
    {
        PlaybookStep[] guide =
        [
            new(StepKind.SaveSettings),
            new(StepKind.ApplySettings),
            new(StepKind.RestartPool),
            new(StepKind.ResetIis),
            new(StepKind.RestartService, ServiceNames.SiteComponentManager),
            new(StepKind.RestartService, ServiceNames.SmsExecutive),
            new(StepKind.StartServiceIfStopped, ServiceNames.NotificationServer),
            new(StepKind.VerifyService, ServiceNames.SmsAgentHost),
            new(StepKind.StartSync),
            new(StepKind.VerifySync),
        ];

        Assert.Equal(guide, PlaybookCatalog.FullRepair.Steps.Where(guide.Contains));
    }

    [Theory]
    [InlineData(PlaybookCatalog.FullRepairId)]
    [InlineData(PlaybookCatalog.RestartServicesId)]
    public void Steps_BeforeTheSynchronization_StartWsusWhereItIsStopped(string id)
    {
        var steps = PlaybookCatalog.Find(id)!.Steps;

        var start = steps.ToList().FindIndex(step => step == new PlaybookStep(StepKind.StartServiceIfStopped, ServiceNames.WsusService));

        Assert.InRange(start, 0, steps.ToList().FindIndex(step => step.Kind is StepKind.StartSync) - 1);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Steps_OfEachPlaybook_AreSound(string id)
    {
        var playbook = PlaybookCatalog.Find(id.ToUpperInvariant())!;
        var kinds = playbook.Steps.Select(step => step.Kind).ToList();

        Assert.Equal([StepKind.StartSync, StepKind.VerifySync], kinds[^2..]);
        Assert.Equal(playbook.AppliesBaseline, kinds.Contains(StepKind.ApplySettings));
        Assert.Equal(playbook.AppliesBaseline, kinds[0] is StepKind.SaveSettings);
        Assert.DoesNotContain(StepKind.Unknown, kinds);
        Assert.DoesNotContain(StepKind.RestoreSettings, kinds);
        Assert.All(playbook.Steps, step => Assert.Equal(
            step.Kind is StepKind.RestartService or StepKind.StartServiceIfStopped or StepKind.VerifyService or StepKind.SetStartType, ServiceNames.Watched.Contains(step.Target)));

        // An undo restores one kind of setting: those of the pool, which are saved first, or startup types.
        Assert.False(playbook.AppliesBaseline && kinds.Contains(StepKind.SetStartType));
        Assert.Equal(playbook.AppliesBaseline || kinds.Contains(StepKind.SetStartType), playbook.ChangesSettings);
    }

    [Fact]
    public void RestoreStartup_EachService_IsEnabledBeforeItIsStarted()
    {
        var steps = PlaybookCatalog.RestoreStartup.Steps.ToList();
        var enabled = steps.Where(step => step.Kind is StepKind.SetStartType).Select(step => step.Target).ToList();

        Assert.Superset(new HashSet<string>([ServiceNames.WorldWideWeb, ServiceNames.WsusService, ServiceNames.SmsExecutive]), enabled.ToHashSet());
        Assert.All(enabled, service => Assert.Equal(
            steps.IndexOf(new PlaybookStep(StepKind.SetStartType, service)) + 1, steps.IndexOf(new PlaybookStep(StepKind.StartServiceIfStopped, service))));
    }

    [Fact]
    public void Find_UnknownId_IsNull() => Assert.Null(PlaybookCatalog.Find("format-disk"));
}
