using System.Globalization;
using System.Text.RegularExpressions;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Causes 33 to 37 and 40: nothing arrives.</summary>
internal static partial class EmptyCauses
{
    private const string Status = "Microsoft, SMS_SUPSyncStatus; track software update synchronization";

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        new()
        {
            Number = 33, Id = FindingIds.FirstPhaseFailed, Precedence = 50, Name = "The first phase was never passed", Source = Status,
            Meaning = "The synchronization ends in its first phase, in WSUS, and never reached the site's database: that is why there are no updates.",
            Because = "its first phase, in WSUS, has never been passed",
            Helps = "Mend what ends the phase of WSUS; Configuration Manager has nothing to take before that.",
            LookNext = "The history of WSUS itself: why does its own synchronization not succeed?",
            Look = FirstPhase,
        },
        new()
        {
            Number = 34, Id = FindingIds.NothingSubscribed, Precedence = 92, Name = "No product is selected", Source = "Microsoft, software update point installation and configuration", Question = CauseQuestion.UpdatesMissing,
            Meaning = "Synchronizations succeed and bring nothing, because no product or classification is selected.",
            Because = "no product is selected",
            Helps = "Select products and classifications, then start a full synchronization.",
            LookNext = "The products and classifications of the software update point.",
            Signs = [new(@"\bUpdated 0 items in SMS database", "The synchronization brought nothing", Weight.Supports)],
            Look = Subscribed,
        },
        new()
        {
            Number = 35, Id = FindingIds.SiteReplicationBehind, Precedence = 91, Name = "Site replication is behind", Source = Status, Question = CauseQuestion.UpdatesMissing,
            Meaning = "A child site gets its updates from its parent through site replication, and that is behind or broken. Synchronizing again does not help.",
            Because = "site replication is behind",
            Helps = "Repair the replication between the sites (Replication Link Analyzer).",
            LookNext = "The state of the replication link in the console, and the catalogue versions of both sites.",
            Look = Replication,
        },
        new()
        {
            Number = 36, Id = FindingIds.UpdatesHidden, Precedence = 89, Name = "The updates are there, this account does not see them", Source = "Experience: rights give fewer rows, not an error", Question = CauseQuestion.UpdatesMissing,
            Meaning = "The synchronization brought updates into the site, yet this account counts none: its rights, a filter, or hidden rows. It is no fault of the synchronization.",
            Because = "the account that counts does not see the updates",
            Helps = "Count with an account that sees the whole site; in the console, clear the filter.",
            LookNext = "The security scopes of the account that the agent runs as.",
            Signs = [new(@"\bUpdated [1-9]\d* items in SMS database", "The synchronization brought updates into the site", Weight.Strong)],
            AppliesTo = reading => reading.Site?.SoftwareUpdateCount is 0,
            Look = CatalogueThere,
        },
        new()
        {
            Number = 37, Id = FindingIds.AllExpired, Precedence = 90, Name = "All updates are expired", Source = "Microsoft, SMS_SoftwareUpdate.IsExpired", Question = CauseQuestion.UpdatesMissing,
            Meaning = "The updates are there, and every one of them is expired: the supersedence rule expires them at once.",
            Because = "every update is expired",
            Helps = "Change the supersedence rule of the software update point, then start a full synchronization.",
            LookNext = "The supersedence rules in the properties of the software update point.",
            Look = Expired,
        },
        new()
        {
            Number = 40, Id = FindingIds.SyncDisabled, Precedence = 93, Name = "Synchronization is disabled", Source = "ConfigMgrCBDsc, property \"Sync Schedule\"", Question = CauseQuestion.NoRun,
            Meaning = "The site has no schedule for synchronizing: none begins unless a person asks for it.",
            Because = "the site has no schedule for it",
            Helps = "Set a schedule in the properties of the software update point.",
            LookNext = "Who removed the schedule, and since when.",
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

        yield return EvidenceFinder.Of(failed, "It failed in the phase of WSUS (6704, then 6703, never 6705)", Weight.Supports);
        if (reading.OwnUpdatePoint is { LastSuccessfulSyncAt: null } point && !reading.File.History.Any(run => run.Result is SyncResult.Succeeded))
        {
            yield return EvidenceFinder.Of($"Last successful synchronization of {point.ServerName}", "none", "WMI, SMS_SUPSyncStatus", reading.File.Snapshot!.ConfigMgr.ReadAt, Weight.Supports);
        }
    }

    // Where there is a site, it tells WSUS what to subscribe to; WSUS may still hold what was selected before.
    private static IEnumerable<WeightedEvidence> Subscribed(SyncRunAnalysis reading)
    {
        if (reading.Site?.Settings?.SubscribedCategories is { } ofSite)
        {
            yield return EvidenceFinder.Of("Products and classifications that are selected", Wording.Number(ofSite), "WMI, SMS_UpdateCategoryInstance", reading.File.Snapshot!.ConfigMgr.ReadAt, ofSite == 0 ? Weight.Names : Weight.Contradicts);
        }
        else if (reading.Wsus?.SubscribedCategories is { } count)
        {
            yield return EvidenceFinder.Of("Products and classifications that are selected", Wording.Number(count), "WSUS", reading.File.Snapshot!.Wsus.ReadAt, count == 0 ? Weight.Names : Weight.Contradicts);
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
            yield return EvidenceFinder.Of("Replication link", link switch { 0 => "healthy", 1 => "degraded", _ => "error" }, "WMI, SMS_SUPSyncStatus", readAt, link == 0 ? Weight.Contradicts : Weight.Names);
        }

        if (reading.Site!.SoftwareUpdatePoints.Where(point => point.SiteCode != own.SiteCode && point.CatalogVersion > own.CatalogVersion).MaxBy(point => point.CatalogVersion) is { } parent)
        {
            var versions = string.Create(CultureInfo.InvariantCulture, $"{own.CatalogVersion}, {parent.SiteCode} has {parent.CatalogVersion}");
            yield return EvidenceFinder.Of("Catalogue version of this site", versions, "WMI, SMS_SUPSyncStatus", readAt, Weight.Names);
        }
    }

    private static IEnumerable<WeightedEvidence> CatalogueThere(SyncRunAnalysis reading)
    {
        if (reading.OwnUpdatePoint is { CatalogVersion: > 0 and var version })
        {
            yield return EvidenceFinder.Of("Catalogue version of the site", version.ToString(CultureInfo.InvariantCulture), "WMI, SMS_SUPSyncStatus", reading.File.Snapshot!.ConfigMgr.ReadAt, Weight.Supports - Weight.Hint);
        }
    }

    private static IEnumerable<WeightedEvidence> Expired(SyncRunAnalysis reading)
    {
        if (reading.Site is { SoftwareUpdateCount: > 0 and var count, Settings.ExpiredUpdates: { } expired } && expired >= count)
        {
            yield return EvidenceFinder.Of("Expired updates", $"{Wording.Number(expired)} of {Wording.Number(count)}", "WMI, SMS_SoftwareUpdate", reading.File.Snapshot!.ConfigMgr.ReadAt, Weight.Names);
        }
    }

    private static IEnumerable<WeightedEvidence> Schedule(SyncRunAnalysis reading)
    {
        if (reading.Site?.HasSyncSchedule is { } isSet)
        {
            yield return EvidenceFinder.Of("Schedule of the site", isSet ? "set" : "none", "WMI, SMS_SCI_Component", reading.File.Snapshot!.ConfigMgr.ReadAt, isSet ? Weight.Contradicts : Weight.Names);
        }
    }

    private static bool IsMessage(string text, int id) => MessageId().Match(text) is { Success: true } match && match.Groups[1].Value == id.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"STATMSG: ID=(\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex MessageId();
}
