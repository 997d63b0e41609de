using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Clients;

/// <summary>How WSUS answers its clients, in the API.</summary>
public sealed record ClientsJson
{
    /// <summary>UTC time of the answers; null = none yet.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>As the agent is answered on the server itself; empty where there is no WSUS, or its agent asks nothing yet.</summary>
    public IReadOnlyList<ClientEndpointJson> Endpoints { get; init; } = [];

    /// <summary>Pools that start on demand and whose worker the agent's questions keep loaded.</summary>
    public IReadOnlyList<string> KeptLoaded { get; init; } = [];

    /// <summary>UTC time of the answers to the dashboard; null where it doesn't ask.</summary>
    public DateTimeOffset? OutsideReadAt { get; init; }

    /// <summary>As the dashboard's computer is answered.</summary>
    public IReadOnlyList<ClientEndpointJson> Outside { get; init; } = [];

    /// <summary>Null where nothing was ever asked.</summary>
    public static ClientsJson? From(Section<ClientState>? own, Section<ClientState>? outside) => own?.Value is null && outside?.Value is null
        ? null
        : new()
        {
            ReadAt = own?.ReadAt,
            Endpoints = ToJson(own),
            KeptLoaded = own?.Value?.KeptLoaded ?? [],
            OutsideReadAt = outside?.ReadAt,
            Outside = ToJson(outside),
        };

    private static IReadOnlyList<ClientEndpointJson> ToJson(Section<ClientState>? section) =>
        section is { Value: { } state, ReadAt: { } readAt } ? [.. state.Endpoints.Select(endpoint => ClientEndpointJson.From(endpoint, readAt))] : [];
}

/// <summary>How one endpoint answers.</summary>
public sealed record ClientEndpointJson
{
    public required ClientEndpoint Endpoint { get; init; }

    public string Address { get; init; } = "";

    /// <summary>What the answer means for a client.</summary>
    public AnswerClass Class { get; init; }

    /// <summary>True where a client doesn't get what it needs, or not what it used to get.</summary>
    public bool IsFailing { get; init; }

    /// <summary>UTC time since which the class, or the reason for not asking, is this one.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>HTTP status; null where none came.</summary>
    public int? Status { get; init; }

    /// <summary>As IIS tells it: the 19 of 500.19.</summary>
    public int? SubStatus { get; init; }

    /// <summary>Error code of IIS's error page; empty where it told none.</summary>
    public string ErrorCode { get; init; } = "";

    /// <summary>Why there was no answer that a client could use.</summary>
    public ProbeFailure Failure { get; init; }

    public string Detail { get; init; } = "";

    public double? Milliseconds { get; init; }

    /// <summary>95th percentile of the last quarter of an hour; null where there were too few answers, or the dashboard asked.</summary>
    public double? Percentile95Milliseconds { get; init; }

    public DateTimeOffset? CertificateEndsAt { get; init; }

    /// <summary>Whole days from the answer to its end; negative once it has ended.</summary>
    public int? CertificateDaysLeft { get; init; }

    public CertificateProblem CertificateProblem { get; init; }

    /// <summary>The pool that serves it; empty where that isn't known.</summary>
    public string Pool { get; init; } = "";

    /// <summary>Why it wasn't asked.</summary>
    public SkipReason Skipped { get; init; }

    public static ClientEndpointJson From(EndpointState state, DateTimeOffset readAt) => new()
    {
        Endpoint = state.Endpoint,
        Address = state.Address,
        Class = state.Class,
        IsFailing = state.IsFailing,
        Since = state.Since,
        Status = state.Answer?.Status,
        SubStatus = state.Answer?.SubStatus,
        ErrorCode = state.Answer?.ErrorCode ?? "",
        Failure = state.Answer?.Failure ?? ProbeFailure.None,
        Detail = state.Answer?.Detail ?? "",
        Milliseconds = state.Answer?.Duration.TotalMilliseconds,
        Percentile95Milliseconds = state.Percentile95?.TotalMilliseconds,
        CertificateEndsAt = state.Answer?.Certificate?.NotAfter,
        CertificateDaysLeft = state.Answer?.Certificate is { } certificate ? (int)Math.Floor((certificate.NotAfter - readAt).TotalDays) : null,
        CertificateProblem = state.Answer?.Certificate?.Problem ?? CertificateProblem.None,
        Pool = state.PoolName,
        Skipped = state.Skipped,
    };
}
