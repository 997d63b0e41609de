using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Causes 28, 29 and 41: upstream servers, replicas, shared SUSDB.</summary>
internal static class HierarchyCauses
{
    private const int OutOfSyncState = 6707;

    private static readonly TextSign UpstreamFault = new(
        [Phrase.Word("UssBusy"), Phrase.Word("UssInternalError"), Phrase.Word("UssOtherError"), Phrase.Word("DssAuthenticationError"), "IncompatibleProtocolVersion"],
        "The upstream server answered with an error");

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        new()
        {
            Number = 28, Id = FindingIds.SharedDatabaseOffline, Precedence = 129, Name = "An update point that shares SUSDB has no internet", Source = "github.com/MicrosoftDocs/memdocs, pull request 849",
            Meaning = "Several update points share one SUSDB, and the site picks one of them at random. One of them can't reach Microsoft Update, and only its syncs fail.",
            Because = "the update point picked for this sync can't reach Microsoft Update",
            Helps = "Give every update point that shares SUSDB the same route to Microsoft Update.",
            LookNext = "Check \"Found active SUP\" in wsyncmgr.log: is it always the same one when a sync fails?",
            Signs = [ConnectionCauses.NotReachable("No connection to the update source", Weight.Supports, SignPlace.WsusToSource)],
            Look = SharedDatabase,
        },
        new()
        {
            Number = 29, Id = FindingIds.SourceSetWrong, Precedence = 117, Name = "Wrong update source", Source = "Microsoft, troubleshooting software update synchronization; Configuration Manager documentation",
            Meaning = "WSUS gets its updates from a different source than the site says, or a top server is set as a replica. Configuration Manager doesn't correct that on its own.",
            Because = "WSUS uses a different update source than the site says",
            Helps = "Set the source again in WSUS's options, or set the update point's synchronization source in the site.",
            LookNext = "Find out who changed WSUS's source, and check the upstream source in the software update point's properties.",
            Look = WrongSource,
        },
        new()
        {
            Number = 29, Id = FindingIds.UpstreamFailing, Precedence = 106, Name = "Upstream server failing", Source = Sources.Troubleshooting,
            Meaning = "This server gets its updates from {source}, which doesn't deliver them: it can't be reached, or it answers with an error.",
            Because = "its upstream server {source} doesn't deliver updates",
            Helps = "Repair {source} first and let it sync. Then sync this server.",
            LookNext = "Check {source} first: can its WSUS be reached under the name and port that this server uses?",
            AppliesTo = reading => reading.HasUpstream || reading.LoggedStatements.Any(saying => UpstreamFault.Speaks(saying)),
            ErrorCodes = ConnectionCauses.NotReachableCodes,
            Signs =
            [
                UpstreamFault,
                ConnectionCauses.NotReachable("The upstream server couldn't be reached", Weight.Names, SignPlace.WsusToSource),
                ConnectionCauses.TimedOut("The upstream server didn't answer in time", Weight.Supports, SignPlace.WsusToSource),
                new(FailureSign.Http401 | FailureSign.Http403 | FailureSign.Http404 | FailureSign.Http500 | FailureSign.Http502 | FailureSign.Http503, "The upstream server answered with an error", Weight.Suggests, SignPlace.WsusToSource),
                new([Phrase.Word("UssNotFound"), Phrase.Word("UssCommunicationError")], "WSUS can't work with its upstream server", Weight.Supports, SignPlace.WsusToSource),
            ],
            Look = Upstream,
        },
        new()
        {
            Number = 41, Id = FindingIds.UpstreamBehind, Precedence = 102, Name = "Behind its upstream server", Source = "Microsoft, SMS_SUPSyncStatus",
            Meaning = "The site says this WSUS's content is out of sync with its upstream server {source} (state 6707).",
            Because = "its content is out of sync with the upstream server {source}",
            Helps = "Sync {source} first, then this server.",
            LookNext = "Check when {source} last synced, and whether both have the same products selected.",
            Signs = [new(["STATMSG: ID=6707", "out of sync with upstream", "out of sync with the upstream"], "The site says it's out of sync")],
            Look = Behind,
        },
    ];

    private static IEnumerable<WeightedEvidence> SharedDatabase(SyncRunAnalysis reading)
    {
        var picked = reading.LinesOf(LogNames.SyncManager).Select(line => (Line: line, Point: ActivePoint(line.Text))).Where(found => found.Point is not null).ToList();
        var names = picked.Select(found => found.Point!).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (names.Count < 2)
        {
            yield break;
        }

        yield return EvidenceFinder.Of(picked[0].Line, $"The update point changes from sync to sync: {Wording.List(names)}", Weight.Strong);
        var recent = reading.File.History.Where(run => run.Result is SyncResult.Succeeded or SyncResult.Failed).Select(run => run.Result).Distinct().Count();
        if (recent == 2)
        {
            yield return EvidenceFinder.Of("Recent syncs", "some succeed, some fail", "History", reading.End, Weight.Supports);
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
            yield return EvidenceFinder.Of("WSUS update source", $"{wsus.Source}; the site says {point.Source}", "WSUS and WMI, SMS_SUPSyncStatus", readAt, Weight.Names);
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
            yield return EvidenceFinder.Of($"{upstream.Name} at that time", "didn't answer this dashboard either", "Dashboard", reading.End, Weight.Strong);
        }
        else
        {
            var isBad = upstream.LastResult is SyncResult.Failed or SyncResult.Cancelled;
            var why = upstream.CauseTitle is { Length: > 0 } title ? $" ({title})" : "";
            yield return EvidenceFinder.Of($"Last sync of {upstream.Name}", $"{upstream.LastResult}{why}", "Dashboard", upstream.LastEndedAt, isBad ? Weight.Supports : Weight.SpeaksAgainst);
        }
    }

    private static IEnumerable<WeightedEvidence> Behind(SyncRunAnalysis reading)
    {
        if (reading.OwnUpdatePoint is { LastSyncState: OutOfSyncState } point && !(point.LastSyncStateAt < reading.Start))
        {
            yield return EvidenceFinder.Of($"Sync state of {point.ServerName}", ErrorNumbers.DescribeState(point.LastSyncState), "WMI, SMS_SUPSyncStatus", point.LastSyncStateAt ?? reading.File.Snapshot!.ConfigMgr.ReadAt, Weight.Names);
        }
    }

    private static bool IsSame(string one, string other) => string.Equals(SyncRunAnalysis.ShortName(one), SyncRunAnalysis.ShortName(other), StringComparison.OrdinalIgnoreCase);

    /// <summary>"Found active SUP wsus1.corp.example from SCF File."; null where the line isn't of that form.</summary>
    private static string? ActivePoint(string text)
    {
        for (var scanner = new TextScanner(text); scanner.Find("Found active SUP ");)
        {
            if (scanner.TakeToken(out var name) && scanner.Take(" from SCF"))
            {
                return name.ToString();
            }
        }

        return null;
    }
}
