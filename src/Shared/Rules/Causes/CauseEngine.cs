using System.Buffers;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Ranks the causes of one synchronization that did not succeed. Pure: the same case gives the same answer.</summary>
/// <remarks>
/// Evidence has a weight; a cause is likely from 60 on and certain from 100 on. Where none is likely the first answer is "unknown", with what was looked at; what is merely
/// possible follows it. "Cancelled" weighs nothing: WSUS says it of every run that ended before its end, whoever or whatever ended it.
/// </remarks>
public static class CauseEngine
{
    private const int LikelyFrom = Weight.Strong;
    private const int CertainFrom = Weight.Names;
    private const int ListedFrom = Weight.Supports;
    private const int MostListed = 8;

    internal static IReadOnlyList<CauseRule> Rules { get; } =
    [
        .. PoolCauses.All, .. CapacityCauses.All, .. ConnectionCauses.All, .. WebServiceCauses.All, .. ImportCauses.All, .. StopCauses.All, .. HierarchyCauses.All, .. EmptyCauses.All,
    ];

    private static readonly string[] TroubleWords =
    [
        "fail", "error", "exception", "status", "STATMSG", "timed out", "timeout", "connection", "certificate", "proxy", "configured", "stop", " SUP ", "space", "full", "EULA", "flow", "trust",
        "WSUS version", "unhealthy", "not ", "closed", "refused", "algorithm", "SCHANNEL", "Actor", "AppOffline", "QueueFull", "out of", "Updated ", "post-install", "post install", "memory",
        "deadlock", "80072", "80244", "used by", "port:", "Drivers", "common", "respond", "resolved", "Root CA", "expired", "invalid", "denied", "unauthorized", "forbidden",
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
        || IsSign(new LoggedStatement(line.Text, line.Log, line.At, IsSiteToWsus: true)) || IsSign(new LoggedStatement(line.Text, line.Log, line.At, IsSiteToWsus: false));

    private static bool IsSign(LoggedStatement saying) => Rules.Any(rule => rule.Signs.Any(sign => sign.IsIn(saying)));

    /// <summary>The causes, most probable first; never empty. The first is <see cref="FindingIds.UnknownCause"/> where nothing names one.</summary>
    public static IReadOnlyList<RankedCause> Rank(SyncRunContext file)
    {
        var reading = new SyncRunAnalysis(file);
        var weighed = Rules
            .Where(rule => IsAsked(rule, file) && rule.AppliesTo?.Invoke(reading) != false)
            .Select(rule => new Weighed(rule, [.. FindSigns(rule, reading), .. rule.Look?.Invoke(reading) ?? []]))
            .ToList();
        var reason = weighed.Where(item => !FindingIds.PoolCauses.Contains(item.Cause.Id)).SelectMany(item => item.Evidence).FirstOrDefault(clue => clue is { Weight: >= Weight.Names, Evidence.Raw: not null } && IsOfError(reading, clue));
        var ranked = weighed
            .Select(item => reason is not null && FindingIds.PoolCauses.Contains(item.Cause.Id) ? item with { Evidence = [.. item.Evidence, Against(reason)] } : item)
            .Where(item => item.Score >= ListedFrom)
            .OrderByDescending(item => Math.Min(item.Score, CertainFrom)).ThenByDescending(item => item.Cause.Precedence).ThenBy(item => item.Cause.Id, StringComparer.Ordinal)
            .Take(MostListed)
            .Select(item => ToCause(item, reading))
            .ToList();
        if (ranked.Count == 0 || ranked[0].Confidence is CauseConfidence.Possible)
        {
            ranked.Insert(0, UnknownCause.Of(reading, ranked));
        }

        return ranked;
    }

    private static bool IsAsked(CauseRule rule, SyncRunContext file) => rule.Question == file.Question;

    private static IEnumerable<WeightedEvidence> FindSigns(CauseRule rule, SyncRunAnalysis reading)
    {
        foreach (var run in new[] { reading.Run, reading.File.OtherView }.OfType<SyncRun>())
        {
            if (run.ErrorCode != 0 && rule.ErrorCodes.Contains(unchecked((uint)run.ErrorCode)))
            {
                var evidence = new Evidence("Error number of the sync", ErrorNumbers.Describe(run.ErrorCode) ?? Wording.Number(run.ErrorCode), run.Source is SyncSource.ConfigMgr ? "wsyncmgr.log" : "WSUS history", run.EndedAt);
                yield return new WeightedEvidence(evidence with { Raw = run.ErrorText.Length > 0 ? run.ErrorText : evidence.Value }, Weight.Names);
                break;
            }
        }

        foreach (var sign in rule.Signs)
        {
            if (reading.LoggedStatements.FirstOrDefault(sign.IsIn) is { } saying)
            {
                yield return EvidenceFinder.Of(saying, sign.What, sign.Weight);
            }
        }
    }

    /// <summary>The error of the run itself, or a line of its time: not an event, which may have another victim.</summary>
    private static bool IsOfError(SyncRunAnalysis reading, WeightedEvidence clue) =>
        clue.Evidence.What == "Error number of the sync" || reading.LoggedStatements.Any(saying => clue.Evidence.At == saying.At && clue.Evidence.ReadFrom == saying.ReadFrom);

    private static WeightedEvidence Against(WeightedEvidence reason) =>
        new(reason.Evidence with { What = "The error itself names another cause", Speaks = EvidenceDirection.Against }, Weight.Contradicts);

    private static RankedCause ToCause(Weighed item, SyncRunAnalysis reading)
    {
        var rule = item.Cause;

        return new RankedCause
        {
            Id = rule.Id,
            Name = rule.Name,
            Explanation = reading.Fill(rule.Meaning),
            Because = reading.Fill(rule.Because),
            Confidence = item.Score >= CertainFrom ? CauseConfidence.Certain : item.Score >= LikelyFrom ? CauseConfidence.Likely : CauseConfidence.Possible,
            Score = item.Score,
            Evidence = [.. item.Evidence.OrderByDescending(clue => Math.Abs(clue.Weight)).Select(clue => clue.Evidence), EvidenceFinder.Attempt(reading)],
            Source = rule.Source,
            Helps = reading.Fill(rule.Helps),
            Playbook = rule.Playbook?.Invoke(reading),
            LookNext = reading.Fill(rule.LookNext),
        };
    }

    private sealed record Weighed(CauseRule Cause, IReadOnlyList<WeightedEvidence> Evidence)
    {
        public int Score => Evidence.Sum(item => item.Weight);
    }
}

/// <summary>Nothing names a cause: says so, with what was looked at.</summary>
internal static class UnknownCause
{
    public static RankedCause Of(SyncRunAnalysis reading, IReadOnlyList<RankedCause> possible)
    {
        var isSilent = reading.LoggedStatements.Count == 0;
        var hint = possible.Count > 0 ? $" Possible, but without enough evidence: {Wording.List([.. possible.Take(3).Select(cause => cause.Name)])}." : "";
        var drift = reading.File.Question is CauseQuestion.RunFailed && reading.Drift.Count > 0 ? " The pool's settings differ from the baseline, which may be the cause. A repair will show whether it is, and you can undo it." : "";

        return new RankedCause
        {
            Id = FindingIds.UnknownCause,
            Name = "Cause unknown",
            Explanation = "Nothing found on this server points to the cause."
                + (isSilent ? " WSUS gives no error text (it has hidden it since October 2025)." : " The error text is shown unchanged.") + hint + drift,
            Confidence = CauseConfidence.Possible,
            Evidence = [EvidenceFinder.Attempt(reading), .. Looked(reading)],
            Source = Sources.Product,
            Helps = "There isn't enough evidence to recommend anything.",
            LookNext = reading.File.Snapshot?.ConfigMgr.Status is SectionStatus.NotInstalled
                ? "Read SoftwareDistribution.log in WSUS's LogFiles folder around the time of the failure."
                : "Read wsyncmgr.log and WCM.log on the server's page around the time of the failure.",
        };
    }

    private static IEnumerable<Evidence> Looked(SyncRunAnalysis reading)
    {
        if (reading.File.Snapshot is not { } snapshot)
        {
            yield break;
        }

        if (reading.Pool is { } pool)
        {
            yield return EvidenceFinder.Pool(reading, $"State of {reading.PoolName}", pool.State.ToString(), -1).Evidence;
        }

        if (snapshot.Events.Status is SectionStatus.Ok || reading.File.Events.Count > 0)
        {
            yield return new Evidence($"Recycles and failures of {reading.PoolName} during the sync", "none", "System log", snapshot.Events.ReadAt, EvidenceDirection.Against);
        }

        if (snapshot.Services is { Status: SectionStatus.Ok, Value: { } services })
        {
            yield return new Evidence("Running services", Wording.List([.. services.Services.Where(service => service.State is ServiceState.Running).Select(service => service.Name)]), "Windows services", snapshot.Services.ReadAt, EvidenceDirection.Against);
        }

        if (reading.File.Lines.Count > 0)
        {
            yield return new Evidence("Log lines around the sync", $"{Wording.Number(reading.File.Lines.Count)} read, none names a cause", "Logs", reading.End, EvidenceDirection.Against);
        }
    }
}
