using System.Buffers;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Ranks the causes of one synchronization that did not succeed. Pure: the same case gives the same answer.</summary>
/// <remarks>
/// Evidence has a weight; a cause is likely from 60 on. It is certain from 100 on, if two kinds of evidence say so or one that decides by its nature, and nothing speaks against
/// it. Where none is likely the first answer is "unknown", with what was looked at; what is merely possible follows it. "Cancelled" weighs nothing: WSUS says it of every run
/// that ended before its end, whoever or whatever ended it. Nor does a line that only says that something failed.
/// </remarks>
public static class CauseEngine
{
    private const int ListedFrom = Weight.Supports;
    private const int MostListed = 8;

    /// <summary>What the same sign weighs when another kind of witness repeats it: not again as much, since both may tell of one symptom.</summary>
    private const int Confirms = Weight.Hint;

    private const string ErrorNumberOfRun = "Error number of the sync";

    internal static IReadOnlyList<CauseRule> Rules { get; } =
    [
        .. PoolCauses.All, .. CapacityCauses.All, .. ConnectionCauses.All, .. WebServiceCauses.All, .. AccessCauses.All, .. ImportCauses.All, .. StopCauses.All, .. HierarchyCauses.All, .. EmptyCauses.All,
    ];

    private static readonly string[] TroubleWords =
    [
        "fail", "error", "exception", "status", "STATMSG", "timed out", "timeout", "connection", "certificate", "proxy", "configured", "stop", " SUP ", "space", "full", "EULA", "flow", "trust",
        "WSUS version", "unhealthy", "not ", "closed", "refused", "algorithm", "SCHANNEL", "Actor", "AppOffline", "QueueFull", "out of", "Updated ", "post-install", "post install", "memory",
        "deadlock", "80072", "80244", "used by", "port:", "Drivers", "common", "respond", "resolved", "Root CA", "expired", "invalid", "denied", "unauthorized", "forbidden", "Category", "License", "warning", "ApiRemoting30",
    ];

    /// <summary>Words without which no line speaks for a cause: a quick look before the slow one.</summary>
    private static readonly SearchValues<string> Trouble = SearchValues.Create(TroubleWords, StringComparison.OrdinalIgnoreCase);

    /// <summary>A line that tells how far a synchronization is; there are hundreds of a run, and the last one says all.</summary>
    public const string Progress = " out of ";

    private static readonly string[] Landmarks = ["Attempting connection to WSUS server", "Found active SUP", "StopSubscription", "STATMSG: ID=67", "items in SMS database", Progress];

    /// <summary>False where a log line certainly says nothing about a cause; cheap.</summary>
    public static bool MaySpeak(string text) => text.AsSpan().ContainsAny(Trouble) && !SyncLogTraps.IsSuccess(text);

    /// <summary>True where a log line speaks for a cause, or is one that the causes look at.</summary>
    public static bool IsTelling(LoggedLine line) =>
        Landmarks.Any(landmark => line.Text.Contains(landmark, StringComparison.OrdinalIgnoreCase))
        || IsSign(LoggedStatement.Of(line, hasWsus: true));

    private static bool IsSign(LoggedStatement statement) => statement.Signs is not FailureSign.None || Rules.Any(rule => rule.Signs.Any(sign => sign.Speaks(statement)));

    /// <summary>The causes, most probable first; never empty. The first is <see cref="FindingIds.UnknownCause"/> where nothing names one.</summary>
    public static IReadOnlyList<RankedCause> Rank(SyncRunContext file) => Rank(new SyncRunAnalysis(file));

    /// <summary>True where the error lies plainly outside the pool, whether or not it names a cause: a proxy, a name, a certificate, an account, a database.</summary>
    internal static bool PointsElsewhere(SyncRunContext file) => UnknownCause.PointsElsewhere(new SyncRunAnalysis(file));

    internal static IReadOnlyList<RankedCause> Rank(SyncRunAnalysis reading)
    {
        var weighed = Rules
            .Where(rule => rule.Question == reading.File.Question && rule.AppliesTo?.Invoke(reading) != false)
            .Select(rule => new WeighedCause(rule, [.. FindSigns(rule, reading).Where(clue => clue.Weight != 0), .. rule.Look?.Invoke(reading) ?? []]))
            .ToList();
        var reason = weighed.Where(item => !FindingIds.PoolCauses.Contains(item.Rule.Id)).SelectMany(item => item.Evidence).FirstOrDefault(clue => clue is { Weight: >= Weight.Names, Evidence.Raw: not null } && IsOfError(reading, clue));
        var ranked = weighed
            .Select(item => reason is not null && FindingIds.PoolCauses.Contains(item.Rule.Id) ? item with { Evidence = [.. item.Evidence, Against(reason)] } : item)
            .Where(item => item.Score >= ListedFrom)
            .OrderByDescending(item => Math.Min(item.Score, Weight.Names)).ThenByDescending(item => item.Rule.Precedence).ThenBy(item => item.Rule.Id, StringComparer.Ordinal)
            .Take(MostListed)
            .Select(item => ToCause(item, reading))
            .ToList();
        if (ranked.Count == 0 || ranked[0].Confidence is CauseConfidence.Possible)
        {
            ranked.Insert(0, UnknownCause.Of(reading, ranked));
        }

        return ranked;
    }

    private static IEnumerable<WeightedEvidence> FindSigns(CauseRule rule, SyncRunAnalysis reading)
    {
        foreach (var run in new[] { reading.Run, reading.File.OtherView }.OfType<SyncRun>())
        {
            if (run.ErrorCode != 0 && rule.ErrorCodes.Contains(unchecked((uint)run.ErrorCode)))
            {
                var isSite = run.Source is SyncSource.ConfigMgr;
                var evidence = new Evidence(ErrorNumberOfRun, ErrorNumbers.Describe(run.ErrorCode) ?? Wording.Number(run.ErrorCode), isSite ? "wsyncmgr.log" : "WSUS history", run.EndedAt);
                yield return new WeightedEvidence(evidence with { Raw = run.ErrorText.Length > 0 ? run.ErrorText : evidence.Value }, Weight.Names, isSite ? EvidenceKind.Site : EvidenceKind.Wsus);
                break;
            }
        }

        foreach (var sign in rule.Signs)
        {
            // Of each kind of witness the statement that counts most; the second kind only confirms.
            var found = reading.LoggedStatements.Where(sign.IsIn).GroupBy(statement => statement.Kind).Select(same => same.MaxBy(statement => statement.Share)!).OrderByDescending(statement => statement.Share).ToList();
            for (var index = 0; index < found.Count; index++)
            {
                var evidence = EvidenceFinder.Of(found[index], sign.What, index == 0 ? sign.Weight : Math.Min(sign.Weight, Confirms));
                yield return sign.IsDecisive && evidence.Weight >= sign.Weight ? EvidenceFinder.Decides(evidence) : evidence;
            }
        }
    }

    /// <summary>The error of the run itself, or a line of its time: not an event, which may have another victim.</summary>
    private static bool IsOfError(SyncRunAnalysis reading, WeightedEvidence clue) =>
        clue.Evidence.What == ErrorNumberOfRun || reading.LoggedStatements.Any(statement => clue.Evidence.At == statement.At && clue.Evidence.ReadFrom == statement.ReadFrom);

    private static WeightedEvidence Against(WeightedEvidence reason) =>
        reason with { Evidence = reason.Evidence with { What = "The error itself names another cause", Speaks = EvidenceDirection.Against }, Weight = Weight.Contradicts, IsDecisive = false };

    private static RankedCause ToCause(WeighedCause item, SyncRunAnalysis reading)
    {
        var rule = item.Rule;

        return new RankedCause
        {
            Id = rule.Id,
            Name = rule.Name,
            Explanation = reading.Fill(rule.Meaning),
            Because = reading.Fill(rule.Because),
            Confidence = item.Confidence,
            Score = item.Score,
            Evidence = [.. item.Evidence.OrderByDescending(clue => Math.Abs(clue.Weight)).Select(clue => clue.Evidence), EvidenceFinder.Attempt(reading)],
            Source = rule.Source,
            Helps = reading.Fill(rule.Helps),
            Playbook = rule.Playbook?.Invoke(reading),
            LookNext = reading.Fill(rule.LookNext),
        };
    }
}
