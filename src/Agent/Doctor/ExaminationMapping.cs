using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Doctor;

/// <summary>An examination on its way from the running agent to the command that asked for it: both are of this program.</summary>
internal static class ExaminationMapping
{
    /// <summary>In characters; room for the rest of the message.</summary>
    private const int MaximumReadingsLength = ContractLimits.MaximumMessageBytes / 4;

    public static Wire.ExamineResponse ToWire(this DoctorReport report, bool withReadings) => new()
    {
        ComputerName = report.ComputerName,
        AgentVersion = report.AgentVersion,
        Account = report.Account,
        At = Timestamp.FromDateTimeOffset(report.At),
        Duration = Duration.FromTimeSpan(report.Duration),
        Edges = { report.Results.Select(ToWire) },
        Readings = withReadings ? ReadingsJson.Write(report, MaximumReadingsLength) : "",
    };

    public static DoctorReport ToDomain(this Wire.ExamineResponse response) => new()
    {
        ComputerName = response.ComputerName,
        AgentVersion = response.AgentVersion,
        Account = response.Account,
        At = response.At?.ToDateTimeOffset() ?? default,
        Duration = response.Duration?.ToTimeSpan() ?? default,
        Results = [.. response.Edges.Select(edge => new ProbeResult(edge.Area, edge.Edge, ToOutcome(edge), edge.Duration?.ToTimeSpan() ?? default))],
    };

    private static Wire.ExaminedEdge ToWire(ProbeResult result) => new()
    {
        Area = result.Area,
        Edge = result.Edge,
        State = (Wire.ExaminedState)result.Outcome.State,
        Summary = result.Outcome.Summary,
        Failure = (Wire.ReadFailure)result.Outcome.Failure,
        Advice = result.Outcome.Advice,
        Duration = Duration.FromTimeSpan(result.Duration),
    };

    private static ProbeOutcome ToOutcome(Wire.ExaminedEdge edge) => edge.State switch
    {
        Wire.ExaminedState.Works => ProbeOutcome.Works(edge.Summary),
        Wire.ExaminedState.NotInstalled => ProbeOutcome.NotInstalled(edge.Summary),
        Wire.ExaminedState.Attention => ProbeOutcome.Attention(edge.Summary, edge.Advice),
        _ => ProbeOutcome.Refused((ReadFailure)edge.Failure, edge.Summary, edge.Advice),
    };
}
