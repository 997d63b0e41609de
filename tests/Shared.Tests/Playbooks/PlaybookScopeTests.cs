using WsusDashboard.Shared.Playbooks;

namespace WsusDashboard.Shared.Tests.Playbooks;

public sealed class PlaybookScopeTests
{
    [Theory]
    [InlineData(PlaybookCatalog.FullRepairId, PlaybookCatalog.FullRepairId, true)]
    [InlineData(PlaybookCatalog.FullRepairId, PlaybookCatalog.PoolOnlyId, true)]
    [InlineData(PlaybookCatalog.FullRepairId, PlaybookCatalog.RestartServicesId, true)]
    [InlineData(PlaybookCatalog.FullRepairId, PlaybookCatalog.SyncOnlyId, true)]
    [InlineData(PlaybookCatalog.PoolOnlyId, PlaybookCatalog.FullRepairId, false)]
    [InlineData(PlaybookCatalog.PoolOnlyId, PlaybookCatalog.RestartServicesId, false)]
    [InlineData(PlaybookCatalog.RestartServicesId, PlaybookCatalog.PoolOnlyId, false)]
    [InlineData(PlaybookCatalog.SyncOnlyId, PlaybookCatalog.RestartServicesId, false)]
    [InlineData(PlaybookCatalog.FullRepairId, PlaybookCatalog.StartWsusId, true)]
    [InlineData(PlaybookCatalog.RestartServicesId, PlaybookCatalog.StartWsusId, true)]
    [InlineData(PlaybookCatalog.RestoreStartupId, PlaybookCatalog.StartWsusId, true)]
    [InlineData(PlaybookCatalog.PoolOnlyId, PlaybookCatalog.StartWsusId, false)]
    [InlineData(PlaybookCatalog.SyncOnlyId, PlaybookCatalog.StartWsusId, false)]
    [InlineData(PlaybookCatalog.FullRepairId, PlaybookCatalog.RestoreStartupId, false)]
    [InlineData(PlaybookCatalog.StartWsusId, PlaybookCatalog.RestoreStartupId, false)]
    [InlineData("FULL-REPAIR", PlaybookCatalog.PoolOnlyId, true)]
    [InlineData("unheard-of", PlaybookCatalog.SyncOnlyId, false)]
    [InlineData("unheard-of", "unheard-of", true)]
    [InlineData("", PlaybookCatalog.SyncOnlyId, false)]
    public void Includes_OnePlaybookAndAnother_TellsWhetherItDoesAllOfIt(string running, string advised, bool expected) =>
        Assert.Equal(expected, PlaybookScope.Includes(running, advised));
}
