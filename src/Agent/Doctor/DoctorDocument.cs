using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Doctor;

/// <summary>An examination as a script reads it.</summary>
/// <param name="Service">The same by the running agent, with its own account; null where it was not asked, or did not answer.</param>
/// <param name="ServiceProblem">Why there is none; empty where there is one.</param>
internal sealed record DoctorDocument(
    string ComputerName,
    string AgentVersion,
    string Account,
    DateTimeOffset At,
    long DurationMilliseconds,
    ProbeState Worst,
    IReadOnlyList<DoctorDocument.Line> Edges,
    DoctorDocument? Service,
    string ServiceProblem)
{
    public static DoctorDocument From(DoctorReport report, ServiceExamination? service = null) => new(
        report.ComputerName,
        report.AgentVersion,
        report.Account,
        report.At,
        (long)report.Duration.TotalMilliseconds,
        report.Worst,
        [.. report.Results.Select(Describe)],
        service?.Report is { } answered ? From(answered) : null,
        service?.Problem ?? "");

    private static Line Describe(ProbeResult result) => new(
        result.Area, result.Edge, result.Outcome.State, result.Outcome.Summary, result.Outcome.Failure, result.Outcome.Advice, (long)result.Duration.TotalMilliseconds);

    /// <summary>One edge.</summary>
    public sealed record Line(string Area, string Edge, ProbeState State, string Summary, ReadFailure Failure, string Advice, long DurationMilliseconds);
}
