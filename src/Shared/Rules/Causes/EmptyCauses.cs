using System.Globalization;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Causes 33 to 37 and 40: nothing arrives.</summary>
internal static class EmptyCauses
{
    private const string Status = "Microsoft, SMS_SUPSyncStatus; track software update synchronization";

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        new()
        {
            Number = 33, Id = FindingIds.FirstPhaseFailed, Precedence = 50, Name = "First phase never completed", Source = Status,
            Meaning = "Syncs end in the first phase, in WSUS, and have never reached the site's database, so there are no updates.",
            Because = "the first phase, in WSUS, has never completed",
            Helps = "Fix what ends the WSUS phase. Configuration Manager has nothing to import until then.",
            LookNext = "Check WSUS's own history: why don't its own syncs succeed?",
            Look = FirstPhase,
        },
        new()
        {
            Number = 34, Id = FindingIds.NothingSubscribed, Precedence = 92, Name = "No product is selected", Source = "Microsoft, software update point installation and configuration", Question = CauseQuestion.UpdatesMissing,
            Meaning = "Syncs succeed but bring nothing, because no product or classification is selected.",
            Because = "no product is selected",
            Helps = "Select products and classifications, then start a full sync.",
            LookNext = "Check the software update point's products and classifications.",
            Signs =
            [
                new([new("Updated 0 items in SMS database") { BeginsWord = true }], "The sync brought nothing", Weight.Supports),
                new(["Request filter does not contain any known classifications", "Request filter does not contain any known categories"], "The site says no classification or product is selected") { IsDecisive = true },
            ],
            Look = Subscribed,
        },
        new()
        {
            Number = 35, Id = FindingIds.SiteReplicationBehind, Precedence = 91, Name = "Site replication is behind", Source = Status, Question = CauseQuestion.UpdatesMissing,
            Meaning = "A child site gets its updates from its parent through site replication, which is behind or broken. Syncing again won't help.",
            Because = "site replication is behind",
            Helps = "Fix replication between the sites (Replication Link Analyzer).",
            LookNext = "Check the state of the replication link in the console, and both sites' catalogue versions.",
            Look = Replication,
        },
        new()
        {
            Number = 36, Id = FindingIds.UpdatesHidden, Precedence = 89, Name = "Account can't see the updates", Source = "Experience: missing rights give fewer rows, not an error", Question = CauseQuestion.UpdatesMissing,
            Meaning = "The sync brought updates into the site, but this account counts none because of its rights, a filter or hidden rows. The sync isn't at fault.",
            Because = "the account that counts the updates can't see them",
            Helps = "Count with an account that sees the whole site; in the console, clear the filter.",
            LookNext = "Check the security scopes of the account that the agent runs as.",
            Signs = [new(BroughtUpdates, "The sync brought updates into the site", Weight.Strong)],
            AppliesTo = reading => reading.Site?.SoftwareUpdateCount is 0,
            Look = CatalogueThere,
        },
        new()
        {
            Number = 37, Id = FindingIds.AllExpired, Precedence = 90, Name = "All updates have expired", Source = "Microsoft, SMS_SoftwareUpdate.IsExpired", Question = CauseQuestion.UpdatesMissing,
            Meaning = "The updates are there, but every one has expired: the supersedence rule expires them immediately.",
            Because = "every update has expired",
            Helps = "Change the supersedence rule of the software update point, then start a full sync.",
            LookNext = "Check the supersedence rules in the software update point's properties.",
            Look = Expired,
        },
        new()
        {
            Number = 40, Id = FindingIds.SyncDisabled, Precedence = 93, Name = "No sync schedule", Source = "ConfigMgrCBDsc, property \"Sync Schedule\"", Question = CauseQuestion.NoRun,
            Meaning = "The site has no sync schedule, so no sync starts unless someone asks for one.",
            Because = "the site has no sync schedule",
            Helps = "Set a schedule in the software update point's properties.",
            LookNext = "Find out who removed the schedule, and when.",
            Look = Schedule,
        },
    ];

    private static IEnumerable<WeightedEvidence> FirstPhase(SyncRunAnalysis reading)
    {
        var lines = reading.LinesDuringRun(LogNames.SyncManager).ToList();
        var begun = lines.Find(line => IsMessage(line.Text, 6704));
        if (begun is null || lines.Exists(line => IsMessage(line.Text, 6705) || line.Text.Contains("Synchronizing SMS database", StringComparison.OrdinalIgnoreCase)) || lines.Find(line => IsMessage(line.Text, 6703)) is not { } failed)
        {
            yield break;
        }

        yield return EvidenceFinder.Of(failed, "It failed in the WSUS phase (6704, then 6703, never 6705)", Weight.Supports);
        if (reading.OwnUpdatePoint is { LastSuccessfulSyncAt: null } point && !reading.File.History.Any(run => run.Result is SyncResult.Succeeded))
        {
            yield return EvidenceFinder.Of($"Last successful sync of {point.ServerName}", "none", "WMI, SMS_SUPSyncStatus", reading.File.Snapshot!.ConfigMgr.ReadAt, Weight.Supports);
        }
    }

    // Where there is a site, it tells WSUS what to subscribe to; WSUS may still hold what was selected before.
    private static IEnumerable<WeightedEvidence> Subscribed(SyncRunAnalysis reading)
    {
        if (reading.Site?.Settings?.SubscribedCategories is { } ofSite)
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of("Selected products and classifications", Wording.Number(ofSite), "WMI, SMS_UpdateCategoryInstance", reading.File.Snapshot!.ConfigMgr.ReadAt, ofSite == 0 ? Weight.Names : Weight.Contradicts));
        }
        else if (reading.Wsus?.SubscribedCategories is { } count)
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of("Selected products and classifications", Wording.Number(count), "WSUS", reading.File.Snapshot!.Wsus.ReadAt, count == 0 ? Weight.Names : Weight.Contradicts));
        }
    }

    private static IEnumerable<WeightedEvidence> Replication(SyncRunAnalysis reading)
    {
        if (reading.OwnUpdatePoint is not { } own)
        {
            yield break;
        }

        var readAt = reading.File.Snapshot!.ConfigMgr.ReadAt;
        if (own.ReplicationLinkStatus is { } link)
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of("Replication link", link switch { 0 => "healthy", 1 => "degraded", _ => "error" }, "WMI, SMS_SUPSyncStatus", readAt, link == 0 ? Weight.Contradicts : Weight.Names));
        }

        if (reading.Site!.SoftwareUpdatePoints.Where(point => point.SiteCode != own.SiteCode && point.CatalogVersion > own.CatalogVersion).MaxBy(point => point.CatalogVersion) is { } parent)
        {
            var versions = string.Create(CultureInfo.InvariantCulture, $"{own.CatalogVersion}, {parent.SiteCode} has {parent.CatalogVersion}");
            yield return EvidenceFinder.Of("This site's catalogue version", versions, "WMI, SMS_SUPSyncStatus", readAt, Weight.Names);
        }
    }

    private static IEnumerable<WeightedEvidence> CatalogueThere(SyncRunAnalysis reading)
    {
        if (reading.OwnUpdatePoint is { CatalogVersion: > 0 and var version })
        {
            yield return EvidenceFinder.Of("The site's catalogue version", version.ToString(CultureInfo.InvariantCulture), "WMI, SMS_SUPSyncStatus", reading.File.Snapshot!.ConfigMgr.ReadAt, Weight.Supports - Weight.Hint);
        }
    }

    private static IEnumerable<WeightedEvidence> Expired(SyncRunAnalysis reading)
    {
        if (reading.Site is { SoftwareUpdateCount: > 0 and var count, Settings.ExpiredUpdates: { } expired } && expired >= count)
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of("Expired updates", $"{Wording.Number(expired)} of {Wording.Number(count)}", "WMI, SMS_SoftwareUpdate", reading.File.Snapshot!.ConfigMgr.ReadAt, Weight.Names));
        }
    }

    private static IEnumerable<WeightedEvidence> Schedule(SyncRunAnalysis reading)
    {
        if (reading.Site?.HasSyncSchedule is { } isSet)
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of("The site's sync schedule", isSet ? "set" : "none", "WMI, SMS_SCI_Component", reading.File.Snapshot!.ConfigMgr.ReadAt, isSet ? Weight.Contradicts : Weight.Names));
        }
    }

    /// <summary>"Updated 12 items in SMS database, new update source content version is 7".</summary>
    private static bool BroughtUpdates(string text)
    {
        for (var scanner = new TextScanner(text); scanner.FindWord("Updated ");)
        {
            if (scanner.TakeNumber(out var items) && items > 0 && scanner.Take(" items in SMS database"))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMessage(string text, int id)
    {
        var scanner = new TextScanner(text, StringComparison.Ordinal);
        return scanner.Find("STATMSG: ID=") && scanner.TakeNumber(out var number) && number == id;
    }
}
