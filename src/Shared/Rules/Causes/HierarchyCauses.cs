using System.Text.RegularExpressions;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Causes 28, 29 and 41: upstream servers, replicas, shared SUSDB.</summary>
internal static partial class HierarchyCauses
{
    private const int OutOfSyncState = 6707;

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        new()
        {
            Number = 28, Id = FindingIds.SharedDatabaseOffline, Precedence = 129, Name = "One of the update points with the shared SUSDB has no internet", Source = "github.com/MicrosoftDocs/memdocs, pull request 849",
            Meaning = "Several update points share one SUSDB and the site picks one of them at random; one of them does not reach Microsoft Update, and only its runs fail.",
            Because = "the update point that was picked for this run does not reach Microsoft Update",
            Helps = "Give every update point of the shared SUSDB the same way to Microsoft Update.",
            LookNext = "\"Found active SUP\" in wsyncmgr.log: is it always the same one when it fails?",
            Signs = [new(ConnectionCauses.NotReachable, "No connection to the update source", Weight.Supports)],
            Look = SharedDatabase,
        },
        new()
        {
            Number = 29, Id = FindingIds.SourceSetWrong, Precedence = 117, Name = "Update source set wrongly", Source = "Microsoft, troubleshooting software update synchronization; Configuration Manager documentation",
            Meaning = "WSUS takes its updates from elsewhere than the site says, or a top server is set as a replica. Configuration Manager does not put that back by itself.",
            Because = "WSUS has another update source than the site says",
            Helps = "Set the source of WSUS again in its options, or the synchronization source of the update point in the site.",
            LookNext = "Who changed the source of WSUS; the upstream source in the properties of the software update point.",
            Look = WrongSource,
        },
        new()
        {
            Number = 29, Id = FindingIds.UpstreamFailing, Precedence = 106, Name = "Upstream fails", Source = Sources.Troubleshooting,
            Meaning = "This server takes its updates from {source}, and that server does not deliver: it cannot be reached, or answers with a fault.",
            Because = "its upstream server {source} does not deliver",
            Helps = "Repair {source} first and let it synchronize; then synchronize this server.",
            LookNext = "Look at {source} first: is its WSUS reachable under the name and port that this server uses?",
            AppliesTo = reading => reading.HasUpstream || reading.LoggedStatements.Any(saying => UpstreamFault().IsMatch(saying.Text)),
            ErrorCodes = ConnectionCauses.NotReachableCodes,
            Signs =
            [
                new(@"\bUss(?:Busy|InternalError|OtherError)\b|\bDssAuthenticationError\b|IncompatibleProtocolVersion", "The upstream server answered with a fault"),
                new(ConnectionCauses.NotReachable, "The upstream server could not be reached", Weight.Names, SignPlace.WsusToSource),
                new("operation has timed out", "The upstream server did not answer in time", Weight.Supports),
            ],
            Look = Upstream,
        },
        new()
        {
            Number = 41, Id = FindingIds.UpstreamBehind, Precedence = 102, Name = "Behind its upstream server", Source = "Microsoft, SMS_SUPSyncStatus",
            Meaning = "The site finds the content of this WSUS out of sync with its upstream server {source} (state 6707).",
            Because = "its content is out of sync with the upstream server {source}",
            Helps = "Synchronize {source} first, then this server.",
            LookNext = "When {source} last synchronized, and whether both have the same products selected.",
            Signs = [new("STATMSG: ID=6707|out of sync with (?:the )?upstream", "The site says that it is out of sync")],
            Look = Behind,
        },
    ];

    private static IEnumerable<WeightedEvidence> SharedDatabase(SyncRunAnalysis reading)
    {
        var picked = reading.LinesOf(LogNames.SyncManager).Select(line => (Line: line, Match: ActivePoint().Match(line.Text))).Where(found => found.Match.Success).ToList();
        var names = picked.Select(found => found.Match.Groups[1].Value).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (names.Count < 2)
        {
            yield break;
        }

        yield return EvidenceFinder.Of(picked[0].Line, $"The update point changes from run to run: {Wording.List(names)}", Weight.Strong);
        var recent = reading.File.History.Where(run => run.Result is SyncResult.Succeeded or SyncResult.Failed).Select(run => run.Result).Distinct().Count();
        if (recent == 2)
        {
            yield return EvidenceFinder.Of("Recent synchronizations", "some succeed, some fail", "History", reading.End, Weight.Supports);
        }
    }

    private static IEnumerable<WeightedEvidence> WrongSource(SyncRunAnalysis reading)
    {
        if (reading.Wsus is not { Source.Length: > 0 } wsus || reading.OwnUpdatePoint is not { Source.Length: > 0 } point)
        {
            yield break;
        }

        var readAt = reading.File.Snapshot!.Wsus.ReadAt;
        if (!IsSame(wsus.Source, point.Source))
        {
            yield return EvidenceFinder.Of("Update source of WSUS", $"{wsus.Source}; the site says {point.Source}", "WSUS and WMI, SMS_SUPSyncStatus", readAt, Weight.Names);
        }

        if (wsus.IsReplica && (!reading.HasUpstream || IsSame(wsus.Source, reading.File.Snapshot.Agent.ComputerName)))
        {
            yield return EvidenceFinder.Of("This server is set as a replica", $"of {wsus.Source}", "WSUS", readAt, Weight.Strong);
        }
    }

    private static IEnumerable<WeightedEvidence> Upstream(SyncRunAnalysis reading)
    {
        if (reading.HasUpstream)
        {
            yield return EvidenceFinder.Of("Update source", reading.Wsus!.IsReplica ? $"{reading.Wsus.Source} (replica)" : reading.Wsus.Source, "WSUS", reading.File.Snapshot!.Wsus.ReadAt, Weight.Hint);
        }

        if (reading.File.Upstream is not { } upstream)
        {
            yield break;
        }

        if (!upstream.IsReachable)
        {
            yield return EvidenceFinder.Of($"{upstream.Name} at that time", "did not answer this dashboard either", "Dashboard", reading.End, Weight.Strong);
        }
        else
        {
            var isBad = upstream.LastResult is SyncResult.Failed or SyncResult.Cancelled;
            var why = upstream.CauseTitle is { Length: > 0 } title ? $" ({title})" : "";
            yield return EvidenceFinder.Of($"Last synchronization of {upstream.Name}", $"{upstream.LastResult}{why}", "Dashboard", upstream.LastEndedAt, isBad ? Weight.Supports : Weight.SpeaksAgainst);
        }
    }

    private static IEnumerable<WeightedEvidence> Behind(SyncRunAnalysis reading)
    {
        if (reading.OwnUpdatePoint is { LastSyncState: OutOfSyncState } point && !(point.LastSyncStateAt < reading.Start))
        {
            yield return EvidenceFinder.Of($"Synchronization state of {point.ServerName}", ErrorNumbers.DescribeState(point.LastSyncState), "WMI, SMS_SUPSyncStatus", point.LastSyncStateAt ?? reading.File.Snapshot!.ConfigMgr.ReadAt, Weight.Names);
        }
    }

    private static bool IsSame(string one, string other) => string.Equals(SyncRunAnalysis.ShortName(one), SyncRunAnalysis.ShortName(other), StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"Found active SUP (\S+) from SCF", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ActivePoint();

    [GeneratedRegex(@"\bUss(?:Busy|InternalError|OtherError)\b|\bDssAuthenticationError\b|IncompatibleProtocolVersion", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UpstreamFault();
}
