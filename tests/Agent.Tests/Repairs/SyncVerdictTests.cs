using WsusDashboard.Agent.Repairs.Steps.Sync;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Repairs;

public sealed class SyncVerdictTests
{
    private static readonly DateTimeOffset AskedAt = new(2026, 11, 17, 6, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Verdict_OfSuccessInBoth_CountsMecm()
    {
        var verdict = SyncVerdict.Of(Evidence(SyncResult.Succeeded) with { ConfigMgrRun = Run(SyncSource.ConfigMgr, SyncResult.Succeeded), ConfigMgrBefore = 0, ConfigMgrAfter = 12_480 });

        Assert.True(verdict.Succeeded);
        AssertText.Tells(verdict.Sentence, "4 min", "Configuration Manager", "0 → 12,480");
    }

    [Fact]
    public void Verdict_WhereMecmFailsAfterWsus_IsNoSuccess()
    {
        var verdict = SyncVerdict.Of(Evidence(SyncResult.Succeeded) with { ConfigMgrRun = Run(SyncSource.ConfigMgr, SyncResult.Failed, "WSUS server not configured.") });

        Assert.False(verdict.Succeeded);
        AssertText.Tells(verdict.Sentence, "WSUS server not configured.");
    }

    [Fact]
    public void Verdict_WhereTheEventLogShowsRecycles_BlamesThePool()
    {
        var verdict = SyncVerdict.Of(Evidence(SyncResult.Cancelled) with { MemoryRecycles = 2 });

        Assert.False(verdict.Succeeded);
        AssertText.Tells(verdict.Sentence, "cancelled", "WsusPool", "memory limit", "2 times", "Undo");
    }

    [Fact]
    public void Verdict_WhereThePoolStopped_SaysSo() => AssertText.Tells(
        SyncVerdict.Of(Evidence(SyncResult.Failed) with { PoolState = PoolState.Stopped }).Sentence, "WsusPool", "stopped");

    [Fact]
    public void Verdict_WhereNothingIsKnownOfThePool_ClaimsNothing()
    {
        var verdict = SyncVerdict.Of(Evidence(SyncResult.Failed) with { MemoryRecycles = null });

        Assert.DoesNotContain("the cause", verdict.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("without a recycle", verdict.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Verdict_WhereWsusHidesTheReason_TakesItFromMecm()
    {
        var verdict = SyncVerdict.Of(Evidence(SyncResult.Failed) with
        {
            ConfigMgrRun = Run(SyncSource.ConfigMgr, SyncResult.Failed, "Sync failed: The remote name could not be resolved: 'sws.update.microsoft.com'"),
        });

        AssertText.Tells(verdict.Sentence, SyncFailure.Describe(SyncFailureKind.Network)!, "wasn't the cause");
    }

    [Fact]
    public void Verdict_OfAWaitThatWasGivenUp_IsNoSuccessEvenAfterWsusSucceeded()
    {
        var verdict = SyncVerdict.Of(Evidence(SyncResult.Succeeded) with { GivenUp = "SMS_EXECUTIVE is Stopped" });

        Assert.False(verdict.Succeeded);
        AssertText.Tells(verdict.Sentence, "proven", "SMS_EXECUTIVE is Stopped");
    }

    [Theory]
    [InlineData(0L, null, "WSUS")]
    [InlineData(5000L, 0L, "Configuration Manager")]
    public void Verdict_WithoutUpdates_IsNoSuccess(long wsus, long? configMgr, string where)
    {
        var verdict = SyncVerdict.Of(Evidence(SyncResult.Succeeded) with { WsusAfter = wsus, ConfigMgrAfter = configMgr });

        Assert.False(verdict.Succeeded);
        Assert.Contains($"still 0 updates in {where}", verdict.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Verdict_OfALongErrorText_IsCut() =>
        Assert.True(SyncVerdict.Of(Evidence(SyncResult.Failed, new string('x', 5000))).Sentence.Length < 600);

    private static SyncEvidence Evidence(SyncResult result, string errorText = "") => new()
    {
        ComputerName = "BRN-WSUS02",
        AskedAt = AskedAt,
        PoolName = "WsusPool",
        PoolState = PoolState.Started,
        MemoryRecycles = 0,
        WsusRun = Run(SyncSource.Wsus, result, errorText),
        WsusBefore = 4703,
        WsusAfter = 12_480,
        HasChangedSettings = true,
    };

    private static SyncRun Run(SyncSource source, SyncResult result, string errorText = "") => new()
    {
        Id = source.ToString(),
        Source = source,
        StartedAt = AskedAt,
        EndedAt = AskedAt.AddMinutes(4),
        Result = result,
        ErrorText = errorText,
    };
}
