namespace WsusDashboard.Shared.Posture.Verdicts;

/// <summary>What is said about one server's posture at one moment, and with which table.</summary>
public sealed record PostureAssessment
{
    /// <summary>Worst first: by severity, then what was found before what can't be said, then by kind and id.</summary>
    public IReadOnlyList<PostureFinding> Findings { get; init; } = [];

    /// <summary>The table that decided; <see cref="TableInForce.AsOf"/> is null where none could be used.</summary>
    public TableInForce Table { get; init; } = new();

    /// <summary>True where the agent's table is newer than the dashboard's own, so that its verdicts about vulnerabilities and ends of support count.</summary>
    public bool IsFromAgent { get; init; }

    /// <summary>The table is older than <see cref="PostureTable.StaleAfter"/>, or there is none.</summary>
    public bool IsTableStale { get; init; }

    /// <summary>The worst severity of what was found; null where nothing was.</summary>
    public PostureSeverity? Worst => Findings.Where(finding => finding.Answer is not PostureAnswer.CannotSay).Select(finding => (PostureSeverity?)finding.Severity).Max();

    /// <summary>True where something can't be said.</summary>
    public bool HasGaps => Findings.Any(finding => finding.Answer is PostureAnswer.CannotSay);
}
