using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>Makes findings of the causes that the engine names for the newest synchronization that did not succeed. What is wrong now comes from the other rules; why a run failed comes from here alone.</summary>
internal static class CauseFindings
{
    /// <summary>From here on the evidence names a cause, whether or not it is certain (see <see cref="RankedCause.Score"/>).</summary>
    private const int FullScore = 100;

    /// <summary>Adds the named causes to what the rules of the present state found; a finding of the same id becomes the cause instead of standing there twice.</summary>
    public static List<RuleFinding> Join(RuleContext context, List<RuleFinding> present)
    {
        var named = Named(context);
        var joined = present.ToList();
        for (var index = 0; index < named.Count; index++)
        {
            var found = Of(context, named[index], index);
            var same = joined.FindIndex(item => item.Finding.Id == found.Finding.Id);
            if (same < 0)
            {
                joined.Add(found);
            }
            else
            {
                joined[same] = Merge(joined[same], found);
            }
        }

        if (context.Syncs.Streak.Count > 0 && !joined.Exists(item => item.Finding.IsCause))
        {
            joined.Add(context.PoolRenewedAt is { } at ? new RuleFinding(Awaited(context, at)) : Of(context, context.Causes.Count > 0 ? context.Causes[0] : null));
        }

        return joined;
    }

    /// <summary>The first cause, and those that are as sure as it; what the pool did before it was started again is over.</summary>
    private static List<RankedCause> Named(RuleContext context)
    {
        if (context.NamedCause is not { } first)
        {
            return [];
        }

        return [.. context.Causes.Where(cause => cause.Id != FindingIds.UnknownCause && cause.Confidence is not CauseConfidence.Possible && (IsNamedByError(cause) || !IsNamedByError(first)) && !IsOver(context, cause))];
    }

    private static bool IsNamedByError(RankedCause cause) => cause.Score >= FullScore;

    private static bool IsOver(RuleContext context, RankedCause cause) =>
        ((context.IsPoolStartedSinceLastSync || (context.IsSiteAlone && context.PoolRunsSince > context.Explained!.EndedOrStartedAt)) && (FindingIds.PoolCauses.Contains(cause.Id) || cause.Id == FindingIds.WsusUnavailable))
        || (context.Explained is { } explained && OlderSettings.ChangedAfter(context, cause.Id, explained.EndedOrStartedAt) is not null);

    private static RuleFinding Of(RuleContext context, RankedCause cause, int index)
    {
        // Something restarted once; it is not broken.
        var isPassing = cause.Id is FindingIds.StoppedByPerson or FindingIds.WsusServiceRestarted or FindingIds.ServerRestarted or FindingIds.SmsExecutiveRestarted;

        return new RuleFinding(
            new Finding
            {
                Id = cause.Id,
                Severity = isPassing ? Severity.Warning : Severity.Critical,
                Title = cause.Name,
                Explanation = cause.Explanation,
                Evidence = cause.Evidence,
                Since = context.FailingSinceFor(cause.Id),
                Source = cause.Source,
                Playbook = cause.Playbook,
                NextStep = cause.Playbook is null ? $"{cause.Helps} {cause.LookNext}" : null,
                IsCause = true,
                Weight = (IsNamedByError(cause) ? Weights.NamedByError : Weights.FellIntoSync) - index,
            },
            cause.Because,
            context.Question switch
            {
                CauseQuestion.UpdatesMissing => "There are no updates",
                CauseQuestion.NoRun => "No sync starts",
                _ when context.IsSiteAlone => "WSUS syncs, but the site doesn't",
                _ => null,
            });
    }

    private static RuleFinding Of(RuleContext context, RankedCause? unknown) => new(new Finding
    {
        Id = FindingIds.UnknownCause,
        Severity = Severity.Warning,
        Title = "Cause unknown",
        Explanation = unknown?.Explanation ?? "Nothing found on this server points to the cause.",
        Evidence = unknown?.Evidence ?? [RuleContext.AttemptEvidence(context.Syncs.Streak[0])],
        Since = context.FailingSince,
        Source = Sources.Product,
        NextStep = unknown?.LookNext ?? "Read SoftwareDistribution.log in WSUS's LogFiles folder around the time of the failure.",
        Weight = Weights.UnknownCause,
    });

    /// <summary>What is so now keeps its words; the cause adds its weight and its evidence.</summary>
    private static RuleFinding Merge(RuleFinding present, RuleFinding cause)
    {
        var finding = (present.Finding.IsCause ? present : cause).Finding;

        return new RuleFinding(
            finding with
            {
                Evidence = [.. present.Finding.Evidence.Concat(cause.Finding.Evidence).DistinctBy(evidence => evidence.What)],
                Since = RuleContext.Earliest(present.Finding.Since, cause.Finding.Since),
                SettingsChangedAt = null,
                Playbook = finding.Playbook ?? cause.Finding.Playbook,
                Weight = present.Finding.IsCause ? present.Finding.Weight : cause.Finding.Weight,
            },
            present.Because ?? cause.Because,
            present.Effect ?? cause.Effect);
    }

    /// <summary>After a repair, and before its synchronization ended, the old failures say nothing about the pool as it is now.</summary>
    private static Finding Awaited(RuleContext context, DateTimeOffset renewedAt)
    {
        var isRunning = context.Snapshot.Wsus.Value is { IsSynchronizing: true } || context.Syncs.Running is not null;
        var isStarted = context.PoolRunsSince == renewedAt;
        var proof = context.Observation.FailedProof;

        return new Finding
        {
            Id = FindingIds.SyncAwaited,
            Severity = Severity.Warning,
            Title = isRunning ? "Waiting for the running sync" : "Not proven yet",
            Explanation = $"{context.PoolName} was {(isStarted ? "started" : "given new settings")} {Wording.Ago(renewedAt, context.Now)}. The syncs that didn't succeed are older"
                + (proof is null ? ", and nothing suggests that the next one will fail." : ". The one that the repair started didn't succeed either; it isn't counted.")
                + (isRunning ? " The sync that's running now will show whether it works." : ""),
            Evidence =
            [
                context.PoolEvidence($"{context.PoolName} {(isStarted ? "running" : "settings in force")} since", Wording.Time(renewedAt)),
                RuleContext.AttemptEvidence(context.Syncs.Streak[0]) with { Speaks = EvidenceDirection.Against },
                .. proof is null ? [] : (Evidence[])[RuleContext.AttemptEvidence(new SyncAttempt(proof, null)) with { Speaks = EvidenceDirection.Against }],
            ],
            Since = renewedAt,
            Source = Sources.Product,
            Playbook = isRunning ? null : PlaybookCatalog.SyncOnlyId,
            NextStep = isRunning ? "Wait for the running sync to end." : null,
            Weight = Weights.UnknownCause,
        };
    }
}
