using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Shared.Rules;

/// <summary>What helps a server: the playbook that cures its leading cause, or what a person does instead.</summary>
/// <param name="Playbook">Id of the playbook; null where nothing here cures the cause, or where nothing is wrong.</param>
/// <param name="FindingId">Id of the leading cause; where the evidence names none, of the finding that the playbook is for. Null where nothing is wrong.</param>
/// <param name="Title">That finding in a few words.</param>
/// <param name="IsCauseNamed">True where the evidence names a cause, or something that has to be mended before any repair can help.</param>
/// <param name="Instead">What a person does where no playbook helps; null where one does.</param>
public sealed record RepairOffer(string? Playbook, string? FindingId, string? Title, bool IsCauseNamed, string? Instead)
{
    /// <summary>Nothing is wrong, or nothing was read yet.</summary>
    public static RepairOffer None { get; } = new(null, null, null, false, null);

    /// <summary>Why there is no playbook, for a person; empty where there is one.</summary>
    public string Explanation => Playbook is not null ? ""
        : (IsCauseNamed ? $"No repair fixes this: {Title}." : "Nothing found on this server can be fixed by a repair.") + (Instead is { Length: > 0 } ? " " + Instead : "");

    /// <summary>True where a playbook does what the cause needs: the offered one, or one that does at least as much.</summary>
    public bool Cures(string playbook) => Playbook is not null
        && (PlaybookScope.Includes(playbook, Playbook)

            // Of the guide's repair, settings and pool are the part that a cause in the pool needs.
            || (Playbook is PlaybookCatalog.FullRepairId && playbook is PlaybookCatalog.PoolOnlyId && FindingIds.PoolCauses.Contains(FindingId!)));

    /// <summary>What a person should know who chooses another playbook; null where it helps, or where no cause is named that it could miss.</summary>
    /// <remarks>That nobody reaches the agent is no cause that a playbook misses: it may be back in a moment, and asking it for the plan tells.</remarks>
    public string? Objection(string playbook) => !IsCauseNamed || FindingId == FindingIds.AgentUnreachable || Cures(playbook) ? null
        : Playbook is null ? $"This doesn't fix the cause. {Explanation}"
        : $"This doesn't fix the cause ({Title}). The playbook \"{PlaybookCatalog.Find(Playbook)?.Name ?? Playbook}\" does.";
}

/// <summary>The one place that says which playbook helps a server: rows, headers, sheets, batches, REST and the command line all ask here.</summary>
public static class RepairOffers
{
    /// <summary>
    /// Where the evidence names a cause, its playbook or none: that some finding further down has one is no reason to offer it. Where it names none,
    /// the playbook of the first finding that has one: it may help, and its synchronization shows whether it did.
    /// </summary>
    public static RepairOffer Of(Assessment assessment)
    {
        if (assessment.Leading is not { } leading)
        {
            return RepairOffer.None;
        }

        // Nobody carries anything out there; what is wrong beside it is only what was last known.
        if (assessment.Findings.FirstOrDefault(finding => finding.Id == FindingIds.AgentUnreachable) is { } unreachable)
        {
            return new RepairOffer(null, unreachable.Id, unreachable.Title, true, unreachable.NextStep);
        }

        if (leading.IsCause || leading.Id == FindingIds.IisConfigurationDamaged)
        {
            return new RepairOffer(leading.Playbook, leading.Id, leading.Title, true, leading.Playbook is null ? leading.NextStep : null);
        }

        return assessment.Findings.FirstOrDefault(finding => finding.Playbook is not null) is { } helped
            ? new RepairOffer(helped.Playbook, helped.Id, helped.Title, false, null)
            : new RepairOffer(null, leading.Id, leading.Title, false, assessment.Findings.Select(finding => finding.NextStep).FirstOrDefault(step => step is { Length: > 0 }));
    }
}
