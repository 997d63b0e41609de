using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Tests.Posture;

/// <summary>Servers whose posture is known.</summary>
internal static class PostureSamples
{
    /// <summary>Two days after the date of this build's table.</summary>
    public static readonly DateTimeOffset Now = PostureTable.OfRelease!.AsOf.AddDays(2).AddHours(9);

    /// <summary>The remote code without sign-in of January 2026, which is fixed from 4648 on in Windows Server 2022; what is older is fixed before.</summary>
    public const string RemoteCode = "cve-2026-20856";

    public const int RemoteCodeFixedIn = 4648;

    /// <summary>Newer than all that the table knows of Windows Server 2022.</summary>
    private const int Current = 60_000;

    /// <summary>The facts of a Windows Server 2022 of this revision.</summary>
    public static PostureState Facts(DateTimeOffset at, int? revision = Current) => new()
    {
        Windows = new()
        {
            ProductName = "Windows Server 2022 Standard",
            EditionId = "ServerStandard",
            InstallationType = "Server",
            Build = 20348,
            Revision = revision,
            RevisionSource = revision is null ? RevisionSource.Unknown : RevisionSource.UpdateBuildRevision,
            RevisionProblem = revision is null ? "the registry refused this account" : "",
            ReadAt = at,
        },
        Protocols = new() { ReadAt = at },
        Site = new() { ReadAt = at },
        Firewall = new() { IsOn = true, ReadAt = at },
        Role = new() { IsInstalled = true, IsSetUp = true, HasSoftwareUpdatePoint = true, ReadAt = at },
        Signs = new() { ReadAt = at },
        Products = new() { ReadAt = at },
        Uup = new() { StoresContent = false, ReadAt = at },
        Table = PostureRules.InForce(PostureTable.ReadOfRelease(at)),
    };

    /// <summary>A server that can be taken over without sign-in.</summary>
    public static PostureState Vulnerable(DateTimeOffset at) => Facts(at, RemoteCodeFixedIn - 1);

    /// <summary>A site with TLS whose certificate ends then.</summary>
    public static PostureState WithCertificate(this PostureState facts, DateTimeOffset notAfter) => facts with
    {
        Site = new()
        {
            Name = "WSUS Administration",
            Bindings = [new("http", "*", 8530, ""), new("https", "*", 8531, "")],
            UsesTls = true,
            Certificate = new() { AskedName = "brn-wsus02.corp.example", Port = 8531, Subject = "CN=brn-wsus02.corp.example", Names = ["brn-wsus02.corp.example"], NameCount = 1, NotBefore = notAfter.AddYears(-1), NotAfter = notAfter },
            ReadAt = facts.Windows.ReadAt,
        },
    };

    public static PostureState WithSign(this PostureState facts) => facts with
    {
        Signs = facts.Signs with { Signs = [new(CompromiseSignKind.ChildProcess, "cmd.exe", "w3wp.exe (WsusPool)", ["whoami"], facts.Signs.ReadAt)] },
    };

    /// <summary>What an agent says whose table is a day newer than this build's.</summary>
    public static PostureState JudgedByAgent(this PostureState facts, params PostureFinding[] findings) => facts with
    {
        Table = new() { AsOf = PostureTable.OfRelease!.AsOf.AddDays(1), Sha256 = new string('a', 64), IsFromFile = true },
        Findings = [.. findings],
    };

    public static Section<PostureState> Section(PostureState facts, DateTimeOffset at, long revision = 1) => new()
    {
        Name = SectionNames.Posture,
        Revision = revision,
        Status = SectionStatus.Ok,
        ReadAt = at,
        AttemptedAt = at,
        Interval = TimeSpan.FromHours(1),
        Value = facts,
    };

    public static Snapshot Snapshot(PostureState facts, DateTimeOffset at, long revision = 1) => Samples.Snapshot(at) with { Posture = Section(facts, at, revision) };
}
