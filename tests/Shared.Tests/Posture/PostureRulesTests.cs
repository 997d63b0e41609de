using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Posture;

public sealed class PostureRulesTests
{
    private static readonly DateTimeOffset Now = PostureServer.Now;
    private static readonly PostureState Healthy = PostureServer.Healthy;

    [Fact]
    public void Assess_HealthyServer_FindsNothing()
    {
        var assessment = PostureServer.Assess(Healthy);

        Assert.Empty(assessment.Findings);
        Assert.Null(assessment.Worst);
        Assert.False(assessment.HasGaps);
        Assert.False(assessment.IsTableStale);
        Assert.Equal(PostureServer.Table.AsOf, assessment.Table.AsOf);
    }

    /// <summary>One change to a healthy server, and the one finding that follows.</summary>
    private static readonly Dictionary<string, (string Id, PostureSeverity Severity, PostureAnswer Answer, Func<PostureState, PostureState> Change)> Single = new()
    {
        ["unreadable revision"] = (PostureFindingIds.RevisionUnread, PostureSeverity.Warning, PostureAnswer.CannotSay, state => state with { Windows = PostureServer.Windows(20348, null) }),
        ["build not read"] = (PostureFindingIds.WindowsUnread, PostureSeverity.Warning, PostureAnswer.CannotSay, state => state with { Windows = new() { Problem = "access is denied" } }),
        ["client edition"] = (PostureFindingIds.WindowsUnknown, PostureSeverity.Warning, PostureAnswer.CannotSay, state => state with { Windows = PostureServer.Windows(17763, 9487, "Professional", "Client") }),
        ["another edition"] = (PostureFindingIds.WindowsUnknown, PostureSeverity.Warning, PostureAnswer.CannotSay, state => state with { Windows = PostureServer.Windows(25398, 2274, "ServerAzureStackHCICor", "Server Core") }),
        ["unknown build"] = (PostureFindingIds.WindowsUnknown, PostureSeverity.Warning, PostureAnswer.CannotSay, state => state with { Windows = PostureServer.Windows(29999, 1) }),
        ["2016 in its last weeks"] = ("end-of-life-windows-server-2016", PostureSeverity.Warning, PostureAnswer.Found, state => state with { Windows = PostureServer.Windows(14393, 9688) }),
        ["Configuration Manager 2503"] = ("end-of-life-configmgr-2503", PostureSeverity.Critical, PostureAnswer.Found, state => state with { Products = state.Products with { ConfigMgrVersion = "5.00.9135.1000" } }),
        ["Configuration Manager of tomorrow"] = (PostureFindingIds.ConfigurationManagerUnknown, PostureSeverity.Information, PostureAnswer.CannotSay, state => state with { Products = state.Products with { ConfigMgrVersion = "5.00.9200.1000" } }),
        ["no version of Configuration Manager"] = (PostureFindingIds.ConfigurationManagerUnknown, PostureSeverity.Information, PostureAnswer.CannotSay, state => state with { Products = state.Products with { ConfigMgrVersion = "unknown" } }),
        ["SQL Server 2016"] = ("end-of-life-sql-server-2016", PostureSeverity.Critical, PostureAnswer.Found, state => state with { Products = state.Products with { SqlVersion = "13.0.7075.5", SqlEdition = "Standard Edition (64-bit)" } }),
        ["products not read"] = (PostureFindingIds.ProductsUnread, PostureSeverity.Information, PostureAnswer.CannotSay, state => state with { Products = new() { Problem = "access is denied" } }),
        ["no TLS"] = (PostureFindingIds.TlsOff, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Site = state.Site with { UsesTls = false, Certificate = null } }),
        ["TLS that WSUS doesn't know of"] = (PostureFindingIds.TlsNotSetUp, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Site = state.Site with { UsesTls = false } }),
        ["TLS without http"] = (PostureFindingIds.TlsWithoutHttp, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Site = state.Site with { Bindings = [new("https", "*", 8531, "")] } }),
        ["TLS 1.2 off"] = (PostureFindingIds.OldProtocols, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Protocols = state.Protocols with { ClientEnabled = false } }),
        ["weak .NET"] = (PostureFindingIds.WeakDotNet, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Protocols = state.Protocols with { StrongCrypto32 = false } }),
        ["protocols not read"] = (PostureFindingIds.ProtocolsUnread, PostureSeverity.Information, PostureAnswer.CannotSay, state => state with { Protocols = new() { Problem = "access is denied" } }),
        ["certificate not read"] = (PostureFindingIds.CertificateUnread, PostureSeverity.Warning, PostureAnswer.CannotSay, state => state with { Site = state.Site with { Certificate = null, CertificateProblem = "nothing answers" } }),
        ["certificate of another name"] = (PostureFindingIds.CertificateName, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Site = state.Site with { Certificate = state.Site.Certificate! with { IsForAnotherName = true } } }),
        ["certificate nobody trusts"] = (PostureFindingIds.CertificateNotTrusted, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Site = state.Site with { Certificate = state.Site.Certificate! with { ChainProblems = ["self signed"] } } }),
        ["open firewall"] = (PostureFindingIds.FirewallOpen, PostureSeverity.Information, PostureAnswer.Found, state => state with { Firewall = state.Firewall with { Rules = [new("WSUS", "8530", "Any")] } }),
        ["firewall off"] = (PostureFindingIds.FirewallOff, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Firewall = state.Firewall with { IsOn = false } }),
        ["firewall not read"] = (PostureFindingIds.FirewallUnread, PostureSeverity.Information, PostureAnswer.CannotSay, state => state with { Firewall = new() { Problem = "access is denied" } }),
        ["role never set up"] = (PostureFindingIds.RoleNotSetUp, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Role = state.Role with { IsSetUp = false } }),
        ["role that nobody uses"] = (PostureFindingIds.RoleUnused, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Role = state.Role with { HasSoftwareUpdatePoint = false } }),
        ["a shell below WSUS"] = (PostureFindingIds.CompromiseSign, PostureSeverity.Critical, PostureAnswer.Found, state => state with { Signs = state.Signs with { Signs = [new(CompromiseSignKind.ChildProcess, "cmd.exe", "w3wp.exe (WsusPool)", ["whoami"], Now)] } }),
        ["processes not looked at"] = (PostureFindingIds.SignsUnread, PostureSeverity.Information, PostureAnswer.CannotSay, state => state with { Signs = state.Signs with { ReadAt = null, Problem = "access is denied" } }),
        ["events not looked through"] = (PostureFindingIds.SignEventsUnread, PostureSeverity.Information, PostureAnswer.CannotSay, state => state with { Signs = state.Signs with { EventsProblem = "access is denied" } }),
        ["no MIME type"] = (PostureFindingIds.MimeMissing, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Uup = state.Uup with { MimeTypes = [new(".wim", "application/x-ms-wim", false)] } }),
        ["MIME type twice"] = (PostureFindingIds.MimeTwice, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Uup = state.Uup with { MimeTypes = [.. state.Uup.MimeTypes, new(".WIM", "application/x-ms-wim", true)] } }),
        ["little space"] = (PostureFindingIds.ContentSpace, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Uup = state.Uup with { FreeKilobytes = 1024 } }),
        ["full in days"] = (PostureFindingIds.ContentSpace, PostureSeverity.Critical, PostureAnswer.Found, state => state with { Uup = state.Uup with { GrowthKilobytesPerDay = 20L * 1024 * 1024, GrowthDays = 30 } }),
        ["drivers"] = (PostureFindingIds.DriversSelected, PostureSeverity.Information, PostureAnswer.Found, state => state with { Uup = state.Uup with { SynchronizesDrivers = true } }),
        ["all languages"] = (PostureFindingIds.AllLanguages, PostureSeverity.Warning, PostureAnswer.Found, state => state with { Uup = state.Uup with { AllLanguages = true } }),
        ["selection not read"] = (PostureFindingIds.SelectionUnread, PostureSeverity.Information, PostureAnswer.CannotSay, state => state with { Uup = state.Uup with { SelectionProblem = "503" } }),
    };

    public static TheoryData<string> Changes => [.. Single.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Assess_OneChange_IsOneFinding(string name)
    {
        var (id, severity, answer, change) = Single[name];
        var snapshot = PostureServer.Snapshot(change(Healthy));
        if (id == PostureFindingIds.RoleUnused)
        {
            snapshot = snapshot with { Wsus = snapshot.Wsus with { Value = snapshot.Wsus.Value! with { Counts = new WsusCounts() } } };
        }

        var finding = Assert.Single(PostureRules.Assess(snapshot, Now).Findings);

        Assert.Equal((id, severity, answer), (finding.Id, finding.Severity, finding.Answer));
        Assert.NotEmpty(finding.Mends);
        Assert.NotEmpty(finding.Source);
        Assert.NotEmpty(answer is PostureAnswer.CannotSay ? finding.Because : finding.Allows);
        Assert.InRange(finding.Id.Length, 1, 60);
        Assert.DoesNotContain("compromised", finding.Title + finding.Allows + finding.Mends, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Assess_NothingRead_IsNotWell()
    {
        var assessment = PostureServer.Assess(new PostureState());

        Assert.True(assessment.HasGaps);
        Assert.Contains(assessment.Findings, finding => finding.Id == PostureFindingIds.WindowsUnread);
    }

    [Theory]
    [InlineData(SectionStatus.Pending)]
    [InlineData(SectionStatus.Unreadable)]
    [InlineData(SectionStatus.NotInstalled)]
    public void Assess_ASectionWithoutAValue_CannotSay(SectionStatus status)
    {
        var snapshot = PostureServer.Snapshot(Healthy);

        var assessment = PostureRules.Assess(snapshot with { Posture = snapshot.Posture with { Status = status, Value = null } }, Now);

        Assert.Equal((PostureFindingIds.NotRead, PostureAnswer.CannotSay), (Assert.Single(assessment.Findings).Id, assessment.Findings[0].Answer));
    }

    [Fact]
    public void Assess_AnOldReading_SaysThatItIsOld() =>
        Assert.Equal(PostureFindingIds.Stale, Assert.Single(PostureRules.Assess(PostureServer.Snapshot(Healthy), Now.AddDays(2)).Findings).Id);

    [Theory]
    [InlineData(31, null)]
    [InlineData(30, PostureSeverity.Warning)]
    [InlineData(12, PostureSeverity.Warning)]
    [InlineData(7, PostureSeverity.Critical)]
    [InlineData(-1, PostureSeverity.Critical)]
    public void Assess_ACertificate_GetsWorseAsItEnds(int days, PostureSeverity? expected) => Assert.Equal(
        expected,
        PostureServer.Assess(Healthy with { Site = Healthy.Site with { Certificate = Healthy.Site.Certificate! with { NotAfter = Now.AddDays(days) } } }).Findings.SingleOrDefault(finding => finding.Id == PostureFindingIds.CertificateEnds)?.Severity);

    [Theory]
    [InlineData("2026-07-15", null)]
    [InlineData("2026-07-17", PostureSeverity.Information)]
    [InlineData("2026-10-15", PostureSeverity.Warning)]
    [InlineData("2026-12-14", PostureSeverity.Critical)]
    [InlineData("2027-01-13", PostureSeverity.Critical)]
    public void Assess_TheEndOfSupport_GetsWorseAsItComes(string day, PostureSeverity? expected)
    {
        var now = DateTimeOffset.Parse(day + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
        var table = PostureServer.Table with { AsOf = now.AddDays(-1) };

        var assessment = PostureRules.Assess(PostureServer.Snapshot(Healthy with { Windows = PostureServer.Windows(14393, 9688), Table = new() }), new PostureTableReading(table, [], table.Sha256), now);

        Assert.Equal(expected, assessment.Findings.SingleOrDefault(finding => finding.Id == "end-of-life-windows-server-2016")?.Severity);
    }

    [Fact]
    public void Assess_AHotpatchedServer_CannotSayWhatIsBelow()
    {
        var windows = PostureServer.Windows(26100, 6850) with { Updates = ["KB5070893"] };

        var findings = PostureServer.Assess(windows).Findings.Where(finding => finding.Kind is PostureKind.Vulnerability).ToList();

        Assert.Equal(6, findings.Count);
        Assert.All(findings, finding => Assert.Equal((PostureAnswer.CannotSay, Certainty.Unknown), (finding.Answer, finding.Certainty)));
    }

    [Theory]
    [InlineData(4296, false)]
    [InlineData(5761, true)]
    public void Assess_ARevisionFromBuildLab_ProvesOnlyThatItIsFixed(int revision, bool isWell)
    {
        var windows = PostureServer.Windows(20348, revision) with { RevisionSource = RevisionSource.BuildLab };

        var findings = PostureServer.Assess(windows).Findings;

        Assert.Equal(isWell, findings.Count == 0);
        Assert.All(findings, finding => Assert.Equal(PostureAnswer.CannotSay, finding.Answer));
    }

    [Fact]
    public void Assess_A23H2Server_CannotSayWhatTheRecordWasNotReadFor()
    {
        var findings = PostureServer.Assess(PostureServer.Windows(25398, 2274)).Findings;

        Assert.Equal(PostureAnswer.CannotSay, findings.Single(finding => finding.Id == "cve-2026-105009").Answer);
        Assert.Equal(PostureSeverity.Critical, findings.Single(finding => finding.Id == "end-of-life-windows-server-23h2").Severity);
    }

    [Fact]
    public void Assess_AServerWithoutTheRole_IsNotOpenToWhatNeedsIt()
    {
        var without = Healthy with { Windows = PostureServer.Windows(20348, 4296), Role = Healthy.Role with { IsInstalled = false } };

        Assert.DoesNotContain(PostureServer.Assess(without).Findings, finding => finding.Id == "cve-2025-59287");
        Assert.Contains(PostureServer.Assess(without).Findings, finding => finding.Id == "cve-2026-20856");
    }

    [Fact]
    public void Assess_WhatWasInferred_IsNotVerified()
    {
        var finding = Assert.Single(PostureServer.Assess(PostureServer.Windows(20348, 5760)).Findings);

        Assert.Equal(("cve-2026-105009", Certainty.Inferred, true), (finding.Id, finding.Certainty, finding.IsUnverified));
    }

    [Fact]
    public void Assess_ARestartThatIsOwed_StandsInTheEvidence() => Assert.Contains(
        PostureServer.Assess(PostureServer.Windows(20348, 5760) with { IsRestartPending = true }).Findings[0].Evidence, evidence => evidence.What == "Restart");

    [Fact]
    public void Assess_SeveralFindings_AreWorstFirstAndASignBeforeAll()
    {
        var state = Healthy with
        {
            Windows = PostureServer.Windows(20348, 4000),
            Signs = Healthy.Signs with { Signs = [new(CompromiseSignKind.EventText, "7053", "", ["ObjectDataProvider"], Now)] },
            Firewall = new() { Problem = "access is denied" },
        };

        var findings = PostureServer.Assess(state).Findings;

        Assert.Equal(PostureFindingIds.CompromiseSign, findings[0].Id);
        Assert.Equal("cve-2025-59287", findings[1].Id);
        Assert.Equal(findings.Select(finding => finding.Severity).OrderDescending(), findings.Select(finding => finding.Severity));
        Assert.Equal(PostureFindingIds.FirewallUnread, findings[^1].Id);
    }

    [Fact]
    public void Assess_AnAgentWithANewerTable_CountsByItsVerdicts()
    {
        var finding = new PostureFinding { Id = "cve-2026-200000", Kind = PostureKind.Vulnerability, Severity = PostureSeverity.Critical };
        var state = Healthy with
        {
            Windows = PostureServer.Windows(20348, 4000),
            Table = new() { AsOf = PostureServer.Table.AsOf.AddDays(1), Sha256 = new string('a', 64), IsFromFile = true },
            Findings = [finding, finding with { Id = "tls-off", Kind = PostureKind.Tls }],
        };

        var assessment = PostureServer.Assess(state);

        Assert.True(assessment.IsFromAgent);
        Assert.Equal(state.Table, assessment.Table);
        Assert.Equal(["cve-2026-200000"], assessment.Findings.Select(item => item.Id));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(400)]
    public void Assess_AnAgentWithATableThatIsNotNewerOrFromTheFuture_IsJudgedHere(int days)
    {
        var state = Healthy with { Windows = PostureServer.Windows(20348, 4000), Table = new() { AsOf = PostureServer.Table.AsOf.AddDays(days) }, Findings = [] };

        var assessment = PostureServer.Assess(state);

        Assert.False(assessment.IsFromAgent);
        Assert.Contains(assessment.Findings, finding => finding.Id == "cve-2025-59287");
    }

    [Fact]
    public void Assess_WithoutAUsableTable_CannotSay()
    {
        var assessment = PostureRules.Assess(PostureServer.Snapshot(Healthy with { Table = new() }), new PostureTableReading(null, ["the table is damaged"], ""), Now);

        Assert.Equal((PostureFindingIds.TableUnusable, PostureAnswer.CannotSay), (assessment.Findings[0].Id, assessment.Findings[0].Answer));
        Assert.True(assessment.IsTableStale);
        Assert.Null(assessment.Table.AsOf);
    }

    [Fact]
    public void Assess_ARenewedTableThatIsNotUsed_IsSaid() =>
        Assert.Equal(PostureFindingIds.TableFileUnusable, Assert.Single(PostureServer.Assess(Healthy with { Table = Healthy.Table with { Problem = "damaged" } }).Findings).Id);

    [Fact]
    public void Calendar_AServer_HasItsProductsSoonestFirst()
    {
        var state = Healthy with { Products = Healthy.Products with { SqlVersion = "15.0.4335.1", SqlEdition = "Standard Edition (64-bit)" } };

        var calendar = PostureRules.Calendar(PostureServer.Snapshot(state), Now);

        Assert.Equal(["configmgr-2603", "sql-server-2019", "windows-server-2022"], calendar.Select(end => end.ProductId));
        Assert.Equal((339, false), (calendar[0].DaysLeft, calendar[0].IsOver));
        Assert.Empty(PostureRules.Calendar(PostureServer.Snapshot(new PostureState()), Now));
    }
}
