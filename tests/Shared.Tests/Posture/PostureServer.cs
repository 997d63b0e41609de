using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Tests.Rules;

namespace WsusDashboard.Shared.Tests.Posture;

/// <summary>A server with nothing to be said about it, on the day of the release's table, and the words with which a test changes that.</summary>
internal static class PostureServer
{
    public static readonly DateTimeOffset Now = new(2026, 12, 1, 9, 0, 0, TimeSpan.Zero);

    public static PostureTable Table { get; } = PostureTable.OfRelease!;

    public static PostureState Healthy { get; } = new()
    {
        Windows = Windows(20348, 5870),
        Protocols = new() { ReadAt = Now },
        Site = new()
        {
            Name = "WSUS Administration",
            Bindings = [new("http", "*", 8530, ""), new("https", "*", 8531, "")],
            UsesTls = true,
            Certificate = new() { AskedName = "sup01.corp.example", Port = 8531, Subject = "CN=sup01.corp.example", Names = ["sup01.corp.example"], NameCount = 1, NotBefore = Now.AddDays(-60), NotAfter = Now.AddDays(300) },
            ReadAt = Now,
        },
        Firewall = new() { IsOn = true, Rules = [new("WSUS", "8530, 8531", "LocalSubnet")], ReadAt = Now },
        Role = new() { IsInstalled = true, IsSetUp = true, HasSoftwareUpdatePoint = true, ReadAt = Now },
        Signs = new() { EventsSince = Now.AddDays(-30), ReadAt = Now },
        Products = new() { ConfigMgrVersion = "5.00.9146.1000", SqlVersion = "12.0.2000.8", SqlEdition = "Windows Internal Database (64-bit)", ReadAt = Now },
        Uup = new()
        {
            MimeTypes = [new(".wim", "application/x-ms-wim", false), new(".msu", "application/octet-stream", false)],
            StoresContent = true,
            FreeKilobytes = 200L * 1024 * 1024,
            SynchronizesDrivers = false,
            AllLanguages = false,
            ReadAt = Now,
        },
        Table = PostureRules.InForce(new(Table, [], Table.Sha256)),
    };

    public static WindowsPart Windows(int build, int? revision, string edition = "ServerStandard", string installation = "Server") => new()
    {
        ProductName = "Windows Server",
        EditionId = edition,
        InstallationType = installation,
        Build = build,
        Revision = revision,
        RevisionSource = revision is null ? RevisionSource.Unknown : RevisionSource.UpdateBuildRevision,
        RevisionProblem = revision is null ? "access is denied" : "",
        IsRestartPending = false,
        ReadAt = Now,
    };

    public static Snapshot Snapshot(PostureState facts)
    {
        var snapshot = TestServer.Healthy().Snapshot!;
        string[] required = ["ApiRemoting30", "ClientWebService", "DssAuthWebService", "ServerSyncWebService", "SimpleAuthWebService"];
        return snapshot with
        {
            Iis = snapshot.Iis with { Value = snapshot.Iis.Value! with { WsusDirectories = [.. required.Select(name => new WebDirectory { Name = name, RequiresTls = true }), new WebDirectory { Name = "Content" }] } },
            Posture = new() { Name = SectionNames.Posture, Status = SectionStatus.Ok, ReadAt = Now, AttemptedAt = Now, Interval = TimeSpan.FromMinutes(5), Value = facts },
        };
    }

    public static PostureAssessment Assess(PostureState facts, DateTimeOffset? now = null) => PostureRules.Assess(Snapshot(facts), now ?? Now);

    public static PostureAssessment Assess(WindowsPart windows) => Assess(Healthy with { Windows = windows });
}
