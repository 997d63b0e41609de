using System.Globalization;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Causes 19 to 25: the way from the site to WSUS, and how WSUS is set up.</summary>
internal static class WebServiceCauses
{
    private const string PointSetup = "Microsoft, software update point installation and configuration";

    private static readonly TextSign ServerError = new(FailureSign.Http500, "The WSUS web service failed", Weight.Strong, SignPlace.SiteToWsus);

    private static readonly TextSign Unavailable503 = new(FailureSign.Http503, "The WSUS web service answered 503", Weight.Strong, SignPlace.OwnWsus);

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        new()
        {
            Number = 19, Id = FindingIds.WsusUnavailable, Precedence = 95, Name = "WSUS doesn't answer", Source = Sources.Troubleshooting,
            Meaning = "The WSUS web service fails, and no stopped pool explains it. The problem is in its applications, its binding or what's behind it.",
            Because = "its web service fails, and no stopped pool explains it",
            Helps = "Restart WsusService and the pool. If that doesn't help, check the site, its binding and its applications.",
            LookNext = "Read WSUSCtrl.log, then run \"wsusutil checkhealth\" and check the Application log. For a 500, the WSUS site's IIS log has the sub-status that says which part failed.",
            Signs =
            [
                ServerError,
                Unavailable503,
                new(FailureSign.ConnectionRefused, "Nothing listens where the site connects to WSUS", Weight.Suggests, SignPlace.SiteToWsus),
            ],
            AppliesTo = reading => reading.HasWsus && reading.StoppedAt is null && !reading.IsPoolYoungerThanRun && (reading.IsPoolStateAtEndUnknown ? !PoolCauses.IsTold503(reading) : reading.Pool is { State: PoolState.Started }),
            Look = Unavailable,

            // What fails with 500 behind a running pool is configuration or code: new pool settings change neither.
            Playbook = reading => reading.LoggedStatements.Any(Unavailable503.IsIn) || reading.Run.ErrorCode == 503 ? reading.PoolRepair : null,
        },
        new()
        {
            Number = 20, Id = FindingIds.PortMismatch, Precedence = 130, Name = "Site uses the wrong port", Source = PointSetup,
            Meaning = "The software update point is set up with a different port than the one WSUS listens on.",
            Because = "the site connects to WSUS on the wrong port",
            Helps = "Set the software update point's ports to those of the WSUS site in IIS.",
            LookNext = "Check the WSUS site's bindings, and the ports in the software update point's properties.",
            Signs =
            [
                new(FailureSign.Http404, "Nothing exists at that address", Weight.Supports, SignPlace.SiteToWsus),
                new(FailureSign.ConnectionRefused, "Nothing listens on that port", Weight.Supports, SignPlace.SiteToWsus),
            ],
            Look = Ports,
        },
        new()
        {
            Number = 22, Id = FindingIds.WsusTlsSetup, Precedence = 131, Name = "Wrong TLS setup in WSUS", Source = Sources.Troubleshooting,
            Meaning = "The site can't trust or find its own WSUS's certificate: it has expired, it has another name, or only one of the two sides uses TLS.",
            Because = "WSUS's own certificate or TLS setting is wrong",
            Helps = "Renew the certificate with the server's full name, run \"wsusutil configuressl\" with that name, and make the update point's TLS setting match.",
            LookNext = "Check the certificate bound to the WSUS site: its name and its expiry date.",
            Signs =
            [
                new(["remote certificate is invalid"], "The site doesn't trust WSUS's certificate", Weight.Names, SignPlace.SiteToWsus) { Signs = FailureSign.Untrusted },
                new(FailureSign.SecureChannel | FailureSign.NoCommonTls, "The site can't make a TLS connection to WSUS", Weight.Strong, SignPlace.SiteToWsus),
                new([Phrase.Word("403.4"), Phrase.Word("403.5"), "TLS is required", "SSL is required"], "WSUS requires TLS, and the site asked without it", Weight.Names, SignPlace.SiteToWsus),
                new([Phrase.InOrder("ApiRemoting30", " 403 4 ", " 403 5 ")], "IIS refused a request without TLS (403.4)", Weight.Names, SignPlace.WebServer),
                new([new("certificate ") { Then = ["has expired", "is expired"], Within = 80 }], "The certificate has expired", Weight.Supports, SignPlace.SiteToWsus),
            ],
            Look = Tls,
        },
        new()
        {
            Number = 23, Id = FindingIds.WsusConsoleMissing, Precedence = 132, Name = "WSUS console missing on the site server", Source = PointSetup,
            Meaning = "The site server talks to a remote WSUS through the WSUS console's assemblies, and they're missing or too old.",
            Because = "the WSUS console is missing on the site server",
            Helps = "Install the WSUS console (RSAT) on the site server, in the same version as the WSUS server.",
            LookNext = "Look for \"Supported WSUS version found\" in WCM.log after the installation.",
            Signs =
            [
                new(
                    [
                        "Supported WSUS version not found", "Did not find supported version of assembly", "Could not load file or assembly 'Microsoft.UpdateServices",
                        "create assembly name object for Microsoft.UpdateServices", new("Failed to find ") { Then = ["WSUS assembl"], Within = 30 },
                    ],
                    "The WSUS assemblies are missing"),
            ],
        },
        new()
        {
            Number = 24, Id = FindingIds.WsusNotConfigured, Precedence = 94, Name = "WSUS isn't configured", Source = "github.com/MicrosoftDocs/windowsserverdocs, issue 7044; " + Sources.Troubleshooting,
            Meaning = "WSUS is installed but not set up: its post-install tasks weren't run, didn't finish, or have to run again after an update of Windows.",
            Because = "WSUS isn't configured",
            Helps = "Run \"wsusutil.exe postinstall\" on the server. After a move from the Windows Internal Database to SQL Server, change the role's database feature.",
            LookNext = "Run \"wsusutil.exe postinstall\" in a command prompt: its log in %TEMP% names the step that fails.",
            Signs = [new(["schema version of the database"], "SUSDB's schema isn't of the installed version"), new(["post-install", "postinstall"], "The post-install tasks are mentioned", Weight.Strong)],
            Look = Applications,
        },
        new()
        {
            Number = 24, Id = FindingIds.PoolMissing, Precedence = 133, Name = "Pool missing", Source = Sources.Guide,
            Meaning = "WSUS is installed, but its application pool {pool} doesn't exist, so clients, the WSUS console and Configuration Manager can't reach WSUS.",
            Because = "its application pool {pool} doesn't exist",
            Helps = "Run \"wsusutil.exe postinstall\" on the server to re-create the pool and its applications. Then repair the settings.",
            LookNext = "Check whether the WSUS role was removed or moved.",
            Look = Missing,
        },
        new()
        {
            Number = 25, Id = FindingIds.UpdatePointFailing, Precedence = 136, Name = "Update point failing", Source = Sources.Troubleshooting,
            Meaning = "The site's WSUS is on another server, {point}, and the problem is there. This server's half, the site's services and wsyncmgr.log, only reports it.",
            Because = "its update point {point} has a problem of its own",
            Helps = "Repair {point}: WSUS and its pool are there. Then sync from this server: the site's services are here.",
            LookNext = "Open {point}'s page: it names the cause.",
            AppliesTo = reading => !reading.HasWsus,
            Signs = [new(FailureSign.Http500 | FailureSign.Http503, "WSUS on the update point answered with an error", Weight.Suggests, SignPlace.SiteToWsus)],
            Look = UpdatePoint,
        },
        new()
        {
            Number = 25, Id = FindingIds.UpdatePointUnreachable, Precedence = 128, Name = "Site can't reach the update point", Source = Sources.Troubleshooting,
            Meaning = "The software update point is another server. It's healthy, but the site server can't reach it.",
            Because = "the site server can't reach its software update point",
            Helps = "Fix name resolution or the firewall between the site server and the update point, or correct the update point's full name in the site.",
            LookNext = "Read WSUSCtrl.log on the update point, and test a connection from the site server to its port.",
            AppliesTo = reading => !reading.HasWsus,
            Signs =
            [
                ConnectionCauses.NotReachable("The site can't reach its update point", Weight.Names, SignPlace.SiteToWsus),
                new(["no unhealthy WSUS Server components"], "The update point reports itself healthy", Weight.Supports),
            ],
        },
    ];

    private static IEnumerable<WeightedEvidence> UpdatePoint(SyncRunAnalysis reading)
    {
        if (reading.File.UpdatePoint is not { } point)
        {
            yield break;
        }

        yield return point switch
        {
            { CauseTitle: { } title } => EvidenceFinder.Of($"State of {point.Name}", title, "Dashboard", point.Since, Weight.Names),
            { IsReachable: false } => EvidenceFinder.Of($"{point.Name} at that time", "didn't answer this dashboard either", "Dashboard", reading.End, Weight.Supports),
            _ => EvidenceFinder.Of($"State of {point.Name}", "no cause known there", "Dashboard", reading.End, Weight.SpeaksAgainst),
        };
    }

    private static IEnumerable<WeightedEvidence> Unavailable(SyncRunAnalysis reading)
    {
        foreach (var evidence in EventSigns.WebServiceFailed(reading))
        {
            yield return evidence;
        }

        if (reading.WsusEvents(WindowsEvents.WebServicesFailing, TimeSpan.FromMinutes(30)) is { Count: > 0 } events)
        {
            yield return EvidenceFinder.Of(events, "WSUS itself reports web services not working", Weight.Supports - Weight.Hint);
        }

        if (reading.File.Snapshot is { Wsus: { Status: SectionStatus.Unreadable, Failure: ReadFailure.Unavailable } wsus })
        {
            yield return EvidenceFinder.Of("WSUS administration service", wsus.Error ?? "doesn't answer", "WSUS", wsus.AttemptedAt, Weight.Hint);
        }
    }

    private static IEnumerable<WeightedEvidence> Ports(SyncRunAnalysis reading)
    {
        if (reading.Wsus is not { Port: > 0 } wsus)
        {
            // Which port WSUS has is not known; 8530 and 8531 are those that it takes by itself since Windows Server 2012.
            if (reading.Lines.FirstOrDefault(line => Attempt(line.Text) is { Port: 80 or 443 }) is { } unusual)
            {
                yield return EvidenceFinder.Of(unusual, "The site uses port 80 or 443, which WSUS has only where someone chose it", Weight.Supports);
            }

            yield break;
        }

        if (reading.Site?.Settings is { } settings && settings.UsesTls is null or false && !wsus.UsesTls && settings?.Port is { } port && port != wsus.Port)
        {
            yield return EvidenceFinder.Of("Software update point's port", string.Create(CultureInfo.InvariantCulture, $"{port}, WSUS listens on {wsus.Port}"), "WMI, SMS_SCI_SysResUse", reading.File.Snapshot!.ConfigMgr.ReadAt, Weight.Names);
        }

        foreach (var line in reading.Lines)
        {
            if (Attempt(line.Text) is { } attempt && attempt.UsesTls == wsus.UsesTls && attempt.Port != wsus.Port)
            {
                yield return EvidenceFinder.Of(line, string.Create(CultureInfo.InvariantCulture, $"The site uses a port other than {wsus.Port}"), Weight.Names);
                break;
            }
        }
    }

    private static IEnumerable<WeightedEvidence> Tls(SyncRunAnalysis reading)
    {
        foreach (var evidence in EventSigns.NoCertificate(reading))
        {
            yield return evidence;
        }

        foreach (var evidence in AccessCauses.TlsRequired(reading))
        {
            yield return evidence;
        }

        if (reading.Wsus is not { Port: > 0 } wsus)
        {
            yield break;
        }

        if (reading.Site?.Settings?.UsesTls is { } siteUses && siteUses != wsus.UsesTls)
        {
            yield return EvidenceFinder.Of("Software update point's TLS", $"{(siteUses ? "on" : "off")}, WSUS has it {(wsus.UsesTls ? "on" : "off")}", "WMI, SMS_SCI_SysResUse", reading.File.Snapshot!.ConfigMgr.ReadAt, Weight.Names);
        }

        if (reading.Lines.FirstOrDefault(line => Attempt(line.Text) is { UsesTls: var usesTls } && usesTls != wsus.UsesTls) is { } attempt)
        {
            yield return EvidenceFinder.Of(attempt, wsus.UsesTls ? "The site connects without TLS" : "The site connects with TLS, WSUS doesn't use it", Weight.Strong);
        }
    }

    private static IEnumerable<WeightedEvidence> Applications(SyncRunAnalysis reading)
    {
        if (reading.WsusEvents([WindowsEvents.WsusServiceFailed], TimeSpan.FromDays(1)) is { Count: > 0 } failed)
        {
            yield return EvidenceFinder.Of(failed, "WsusService failed to start (event 507)", Weight.Strong);
        }

        // An update of WSUS itself may leave it to be configured again.
        foreach (var installed in EvidenceFinder.InstalledBefore(reading, Weight.Hint))
        {
            yield return installed;
        }

        if (reading.Pool is { ApplicationCount: 0 } empty)
        {
            yield return EvidenceFinder.Pool(reading, $"Applications in {empty.Name}", $"none, expected {AppPool.ExpectedWsusApplications}", Weight.Strong);
            yield break;
        }

        if (reading.Pool is { ApplicationCount: < AppPool.ExpectedWsusApplications and var count } pool)
        {
            yield return EvidenceFinder.Pool(reading, $"Applications in {pool.Name}", $"{count}, expected {AppPool.ExpectedWsusApplications}", Weight.Supports);
        }
    }

    private static IEnumerable<WeightedEvidence> Missing(SyncRunAnalysis reading)
    {
        if (reading.File.Snapshot is { Iis: { Status: SectionStatus.Ok, Value: { } iis } } && reading.Pool is null && (iis.WsusPoolName is not null || reading.HasWsus))
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Pool(reading, "Application pools", iis.Pools.Count == 0 ? "none" : string.Join(", ", iis.Pools.Select(pool => pool.Name)), Weight.Names));
        }
    }

    /// <summary>"Attempting connection to WSUS server: wsus1.corp.example, port: 8530, useSSL: False"; null where the line isn't of that form.</summary>
    private static (long Port, bool UsesTls)? Attempt(string text)
    {
        var scanner = new TextScanner(text);
        if (scanner.Find("Attempting connection to WSUS server: "))
        {
            while (scanner.Find(","))
            {
                if (scanner.SkipSpace() && scanner.Take("port:") && scanner.SkipSpace() && scanner.TakeNumber(out var port) && scanner.Take(",") && scanner.SkipSpace() && scanner.Take("useSSL:") && scanner.SkipSpace()
                    && scanner.TakeWhile(TextScanner.IsOfAWord) is { IsEmpty: false } usesTls)
                {
                    return (port, usesTls.Equals("true", StringComparison.OrdinalIgnoreCase));
                }
            }
        }

        return null;
    }
}
