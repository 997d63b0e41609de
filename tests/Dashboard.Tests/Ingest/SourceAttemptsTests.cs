using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Ingest;

/// <summary>What a synchronization says about its source: its error, its number or its logs; and what says nothing about it.</summary>
public sealed class SourceAttemptsTests
{
    private const string NotResolved = "The remote name could not be resolved: 'sws.update.microsoft.com'";

    private static readonly ServerIdentity Identity = new(7, "BRN-WSUS02", "BRN", "", BaselineCatalog.Guide);
    private static readonly SyncRun Failed = Samples.Sync("wsus-1", Clock.Start, SyncResult.Failed);

    [Theory]
    [InlineData(NotResolved, 0, nameof(FailureSign.NameResolution))]
    [InlineData("", 0x80072EE7, nameof(FailureSign.NameResolution))]
    [InlineData("No connection could be made because the target machine actively refused it", 0, nameof(FailureSign.ConnectionRefused))]
    [InlineData("AdminProxy.CreateUpdateServer: actively refused", 0, null)]
    [InlineData("SqlException: Cannot open database SUSDB", 0, null)]
    [InlineData("The remote server returned an error: (407) Proxy Authentication Required.", 0, null)]
    [InlineData("", 0, null)]
    public void Of_FailedRun_HasTheSignsOfItsError(string text, long code, string? sign) => Assert.Equal(sign, SignOf(Failed with { ErrorText = text, ErrorCode = code }));

    [Theory]
    [InlineData("SoftwareDistribution", 5, 0, true)]
    [InlineData("wsyncmgr", 5, 0, true)]
    [InlineData("WCM", 5, 0, false)]
    [InlineData("SoftwareDistribution", 60, 0, false)]
    [InlineData("SoftwareDistribution", 5, 1, false)]
    public void Of_ErrorIsHidden_ReadsTheLinesOfTheRun(string log, int minute, int goodRuns, bool isRead) =>
        Assert.Equal(isRead, SignOf(Failed, new LoggedLine(log, Clock.Start.AddMinutes(minute), NotResolved) { GoodRuns = goodRuns }) is not null);

    [Fact]
    public void Of_Server_HasItsSiteItsSourceAndItsProxyWhereItUsesOne()
    {
        var attempt = Assert.Single(SourceAttempts.Of(Identity, Snapshot(usesProxy: true), [Failed with { ErrorText = NotResolved }], _ => []));

        Assert.Equal((7, "BRN", "proxy1", "Microsoft Update", Failed.EndedAt), (attempt.ServerId, attempt.Site, attempt.Proxy, attempt.Source, attempt.At));
        Assert.Equal("", Assert.Single(SourceAttempts.Of(Identity, Snapshot(usesProxy: false), [Samples.Sync("wsus-2", Clock.Start, SyncResult.Succeeded)], _ => [])).Proxy);
        Assert.Empty(SourceAttempts.Of(Identity, null, [Failed with { ErrorText = NotResolved }], _ => []));
        Assert.Empty(SourceAttempts.Of(Identity, Snapshot(false), [Samples.Sync("wsus-3", Clock.Start, SyncResult.Running)], _ => []));
    }

    private static string? SignOf(SyncRun run, params LoggedLine[] lines) => SourceAttempts.Of(Identity, Snapshot(usesProxy: false), [run], _ => lines).SingleOrDefault()?.Signs.Single();

    private static Snapshot Snapshot(bool usesProxy)
    {
        var snapshot = Samples.Snapshot(Clock.Start);
        return snapshot with { Wsus = snapshot.Wsus with { Value = snapshot.Wsus.Value! with { Source = "Microsoft Update", UsesProxy = usesProxy, ProxyName = "proxy1" } } };
    }
}
