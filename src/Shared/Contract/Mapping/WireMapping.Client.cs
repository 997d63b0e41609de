using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.ClientState ToWire(this ClientState state) => new()
    {
        Endpoints = { state.Endpoints.Select(ToWire) },
        KeptLoaded = { state.KeptLoaded },
    };

    public static ClientState ToDomain(this Wire.ClientState state) => new()
    {
        Endpoints = Map(state.Endpoints, ToDomain),
        KeptLoaded = Copy(state.KeptLoaded),
    };

    public static Wire.EndpointState ToWire(this EndpointState state) => new()
    {
        Endpoint = (Wire.ClientEndpoint)state.Endpoint,
        Address = state.Address,
        PoolName = state.PoolName,
        Skipped = (Wire.SkipReason)state.Skipped,
        Answer = state.Answer?.ToWire(),
        Usual = (Wire.AnswerClass)state.Usual,
        Since = ToTimestamp(state.Since),
        Percentile95 = ToDuration(state.Percentile95),
        FailingSince = ToTimestamp(state.FailingSince),
    };

    public static EndpointState ToDomain(this Wire.EndpointState state) => new()
    {
        Endpoint = ToKnown<ClientEndpoint>((int)state.Endpoint),
        Address = state.Address,
        PoolName = state.PoolName,
        Skipped = ToKnown<SkipReason>((int)state.Skipped),
        Answer = state.Answer?.ToDomain(),
        Usual = ToKnown<AnswerClass>((int)state.Usual),
        Since = ToTime(state.Since),
        Percentile95 = ToSpan(state.Percentile95),
        FailingSince = ToTime(state.FailingSince),
    };

    public static Wire.ProbeAnswer ToWire(this ProbeAnswer answer)
    {
        var wire = new Wire.ProbeAnswer
        {
            ErrorCode = answer.ErrorCode,
            Failure = (Wire.ProbeFailure)answer.Failure,
            Detail = answer.Detail,
            Duration = ToDuration(answer.Duration),
            Certificate = answer.Certificate?.ToWire(),
        };
        if (answer.Status is { } status)
        {
            wire.Status = status;
        }

        if (answer.SubStatus is { } subStatus)
        {
            wire.SubStatus = subStatus;
        }

        return wire;
    }

    /// <summary>A failure that this build does not know is one all the same: no answer that a client could use.</summary>
    public static ProbeAnswer ToDomain(this Wire.ProbeAnswer answer) => new()
    {
        Status = answer.HasStatus ? answer.Status : null,
        SubStatus = answer.HasSubStatus ? answer.SubStatus : null,
        ErrorCode = answer.ErrorCode,
        Failure = ToKnown((int)answer.Failure, ProbeFailure.NotUnderstood),
        Detail = answer.Detail,
        Duration = ToSpanOrZero(answer.Duration),
        Certificate = answer.Certificate?.ToDomain(),
    };

    public static Wire.ProbeCertificate ToWire(this ProbeCertificate certificate) => new()
    {
        NotAfter = ToTimestamp(certificate.NotAfter),
        Problem = (Wire.CertificateProblem)certificate.Problem,
    };

    public static ProbeCertificate ToDomain(this Wire.ProbeCertificate certificate) =>
        new(ToTimeOrDefault(certificate.NotAfter), ToKnown<CertificateProblem>((int)certificate.Problem));
}
