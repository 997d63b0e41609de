using System.Globalization;
using System.Text.RegularExpressions;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Causes 19 to 25: the way from the site to WSUS, and how WSUS is set up.</summary>
internal static partial class WebServiceCauses
{
    private const string PointSetup = "Microsoft, software update point installation and configuration";

    /// <summary>Applications that WSUS puts on its pool (guide.md).</summary>
    private const int ExpectedApplications = 8;

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        new()
        {
            Number = 19, Id = FindingIds.WsusUnavailable, Precedence = 95, Name = "WSUS does not answer", Source = Sources.Troubleshooting,
            Meaning = "The web service of WSUS fails although {pool} runs: its applications, its binding or what stands behind it.",
            Because = "its web service does not answer although the pool runs",
            Helps = "Restart WsusService and the pool; where that does not help, check the site, its binding and its applications.",
            LookNext = "WSUSCtrl.log, and \"wsusutil checkhealth\" with the Application log after it.",
            Signs =
            [
                new(@"\(500\)|status(?: code)?:? 500\b", "The web service of WSUS failed", Weight.Strong, SignPlace.SiteToWsus),
                new(@"\(503\)|status(?: code)?:? 503\b|service unavailable", "The web service of WSUS answered 503", Weight.Strong),
            ],
            AppliesTo = reading => reading.StoppedAt is null && reading.Pool is { State: PoolState.Started } && !reading.IsPoolYoungerThanRun,
            Look = Unavailable,
            Playbook = reading => reading.PoolRepair,
        },
        new()
        {
            Number = 20, Id = FindingIds.PortMismatch, Precedence = 130, Name = "The site asks on the wrong port", Source = PointSetup,
            Meaning = "The software update point is set up with another port than the one that WSUS listens on.",
            Because = "the site asks WSUS on the wrong port",
            Helps = "Set the ports of the software update point to those of the WSUS site in IIS.",
            LookNext = "The bindings of the WSUS site, and the ports in the properties of the software update point.",
            Signs = [new(@"status(?: code)?:? 404\b|\(404\)", "There is nothing at that address", Weight.Supports, SignPlace.SiteToWsus)],
            Look = Ports,
        },
        new()
        {
            Number = 21, Id = FindingIds.SyncAccessDenied, Precedence = 114, Name = "WSUS refuses the account", Source = Sources.Troubleshooting,
            Meaning = "The WSUS web service refuses the account that asks for the synchronization (401 or 403).",
            Because = "the WSUS web service refuses the account that asks",
            Helps = "Give Administrators and the site server's computer account access to /ApiRemoting30, or correct the connection account.",
            LookNext = "Check the connection account of the software update point, and that Administrators and the site server's computer account may use /ApiRemoting30.",
            ErrorCodes = [401, 403, 0x80190191, 0x80190193],
            Signs = [new(@"\(40[13]\)|status(?: code)?:? 40[13]\b|\bunauthorized\b|\bforbidden\b", "The account was refused")],
        },
        new()
        {
            Number = 22, Id = FindingIds.WsusTlsSetup, Precedence = 131, Name = "TLS of WSUS is set up wrongly", Source = Sources.Troubleshooting,
            Meaning = "The site cannot trust or find the certificate of its own WSUS: it has expired, carries another name, or only one of the two sides uses TLS.",
            Because = "the certificate or the TLS setting of WSUS itself is wrong",
            Helps = "Renew the certificate with the full name of the server, run \"wsusutil configuressl\" with that name, and make the update point's TLS setting agree.",
            LookNext = "The certificate that is bound to the WSUS site: its name and its last day.",
            Signs =
            [
                new("trust relationship|remote certificate is invalid|RemoteCertificateNameMismatch", "The site does not trust the certificate of WSUS", Weight.Names, SignPlace.SiteToWsus),
                new("certificate .{0,80}(?:has expired|is expired)", "The certificate has expired", Weight.Supports, SignPlace.SiteToWsus),
            ],
            Look = Tls,
        },
        new()
        {
            Number = 23, Id = FindingIds.WsusConsoleMissing, Precedence = 132, Name = "The WSUS console is missing on the site server", Source = PointSetup,
            Meaning = "The site server talks to a WSUS elsewhere through the assemblies of the WSUS console, and they are missing or too old.",
            Because = "the WSUS console is missing on the site server",
            Helps = "Install the WSUS console (RSAT) on the site server, in the version of the WSUS server.",
            LookNext = "WCM.log after the installation: \"Supported WSUS version found\".",
            Signs = [new("Supported WSUS version not found|Could not load file or assembly 'Microsoft\\.UpdateServices|Failed to find .{0,30}WSUS assembl", "The assemblies of WSUS are not there")],
        },
        new()
        {
            Number = 24, Id = FindingIds.WsusNotConfigured, Precedence = 94, Name = "WSUS is not configured", Source = "github.com/MicrosoftDocs/windowsserverdocs, issue 7044; " + Sources.Troubleshooting,
            Meaning = "The site finds WSUS not configured, although its services run: post-install was not done, or the database feature is the wrong one.",
            Because = "WSUS is not configured",
            Helps = "Run \"wsusutil.exe postinstall\" on the server; after a move from the Windows Internal Database to SQL Server change the database feature of the role.",
            LookNext = "WCM.log in the hour before: it says what the site could not configure.",
            Signs =
            [
                new("WSUS (?:server )?(?:is )?not configured", "The site says that WSUS is not configured", Weight.Strong),
                new("post-?install", "The post-install tasks are mentioned", Weight.Supports),
            ],
            Look = Applications,
        },
        new()
        {
            Number = 24, Id = FindingIds.PoolMissing, Precedence = 133, Name = "Pool missing", Source = Sources.Guide,
            Meaning = "WSUS is installed, but its application pool {pool} does not exist: WSUS cannot be reached by clients, by its console or by Configuration Manager.",
            Because = "its application pool {pool} does not exist",
            Helps = "Run \"wsusutil.exe postinstall\" on the server: it makes the pool and its applications again. Then repair the settings.",
            LookNext = "Whether the WSUS role was removed or moved.",
            Look = Missing,
        },
        new()
        {
            Number = 25, Id = FindingIds.UpdatePointUnreachable, Precedence = 128, Name = "The update point cannot be reached from the site", Source = Sources.Troubleshooting,
            Meaning = "The software update point is another server; it is healthy there, and the site server does not reach it.",
            Because = "the site server does not reach its software update point",
            Helps = "Mend name resolution or firewall between the site server and the update point, or correct its full name in the site.",
            LookNext = "WSUSCtrl.log on the update point, and a connection from the site server to its port.",
            AppliesTo = reading => !reading.HasWsus,
            Signs =
            [
                new(ConnectionCauses.NotReachable, "The site does not reach its update point", Weight.Names, SignPlace.SiteToWsus),
                new("no unhealthy WSUS Server components", "The update point finds itself healthy", Weight.Supports),
            ],
        },
    ];

    private static IEnumerable<WeightedEvidence> Unavailable(SyncRunAnalysis reading)
    {
        if (reading.WsusEvents(WindowsEvents.WebServicesFailing, TimeSpan.FromMinutes(30)) is { Count: > 0 } events)
        {
            yield return EvidenceFinder.Of(events, "WSUS itself finds web services not working", Weight.Supports - Weight.Hint);
        }

        if (reading.File.Snapshot is { Wsus: { Status: SectionStatus.Unreadable, Failure: ReadFailure.Unavailable } wsus })
        {
            yield return EvidenceFinder.Of("Administration service of WSUS", wsus.Error ?? "does not answer", "WSUS", wsus.AttemptedAt, Weight.Hint);
        }
    }

    private static IEnumerable<WeightedEvidence> Ports(SyncRunAnalysis reading)
    {
        if (reading.Wsus is not { Port: > 0 } wsus)
        {
            yield break;
        }

        if (reading.Site?.Settings is { } settings && settings.UsesTls is null or false && !wsus.UsesTls && settings?.Port is { } port && port != wsus.Port)
        {
            yield return EvidenceFinder.Of("Port of the software update point", string.Create(CultureInfo.InvariantCulture, $"{port}, WSUS listens on {wsus.Port}"), "WMI, SMS_SCI_SysResUse", reading.File.Snapshot!.ConfigMgr.ReadAt, Weight.Names);
        }

        foreach (var line in reading.File.Lines)
        {
            if (Attempt().Match(line.Text) is { Success: true } match && IsTls(match) == wsus.UsesTls && match.Groups["port"].Value != wsus.Port.ToString(CultureInfo.InvariantCulture))
            {
                yield return EvidenceFinder.Of(line, string.Create(CultureInfo.InvariantCulture, $"The site asks on another port than {wsus.Port}"), Weight.Names);
                break;
            }
        }
    }

    private static IEnumerable<WeightedEvidence> Tls(SyncRunAnalysis reading)
    {
        if (reading.Wsus is not { Port: > 0 } wsus)
        {
            yield break;
        }

        if (reading.Site?.Settings?.UsesTls is { } siteUses && siteUses != wsus.UsesTls)
        {
            yield return EvidenceFinder.Of("TLS of the software update point", $"{(siteUses ? "on" : "off")}, WSUS has it {(wsus.UsesTls ? "on" : "off")}", "WMI, SMS_SCI_SysResUse", reading.File.Snapshot!.ConfigMgr.ReadAt, Weight.Names);
        }

        if (reading.File.Lines.FirstOrDefault(line => Attempt().Match(line.Text) is { Success: true } match && IsTls(match) != wsus.UsesTls) is { } attempt)
        {
            yield return EvidenceFinder.Of(attempt, wsus.UsesTls ? "The site asks without TLS" : "The site asks with TLS, WSUS has none", Weight.Strong);
        }
    }

    private static IEnumerable<WeightedEvidence> Applications(SyncRunAnalysis reading)
    {
        if (reading.Pool is { ApplicationCount: < ExpectedApplications and var count } pool)
        {
            yield return EvidenceFinder.Pool(reading, $"Applications in {pool.Name}", $"{count}, expected {ExpectedApplications}", Weight.Supports);
        }
    }

    private static IEnumerable<WeightedEvidence> Missing(SyncRunAnalysis reading)
    {
        if (reading.File.Snapshot is { Iis: { Status: SectionStatus.Ok, Value: { } iis } } && reading.Pool is null && (iis.WsusPoolName is not null || reading.HasWsus))
        {
            yield return EvidenceFinder.Pool(reading, "Application pools", iis.Pools.Count == 0 ? "none" : string.Join(", ", iis.Pools.Select(pool => pool.Name)), Weight.Names);
        }
    }

    private static bool IsTls(Match match) => match.Groups["tls"].Value.Equals("true", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"Attempting connection to WSUS server: .*?,\s*port:\s*(?<port>\d+),\s*useSSL:\s*(?<tls>\w+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Attempt();
}
