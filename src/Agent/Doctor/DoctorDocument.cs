using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Doctor;

/// <summary>An examination as a script reads it.</summary>
internal sealed record DoctorDocument(
    string ComputerName, string AgentVersion, DateTimeOffset At, long DurationMilliseconds, ProbeState Worst, IReadOnlyList<DoctorDocument.Line> Edges)
{
    public static DoctorDocument From(DoctorReport report) => new(
        report.ComputerName, report.AgentVersion, report.At, (long)report.Duration.TotalMilliseconds, report.Worst, [.. report.Results.Select(Describe)]);

    private static Line Describe(ProbeResult result) => new(
        result.Area, result.Edge, result.Outcome.State, result.Outcome.Summary, result.Outcome.Failure, result.Outcome.Advice, (long)result.Duration.TotalMilliseconds);

    /// <summary>One edge.</summary>
    public sealed record Line(string Area, string Edge, ProbeState State, string Summary, ReadFailure Failure, string Advice, long DurationMilliseconds);
}
