using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Probing;

namespace WsusDashboard.Shared.Snapshots;

/// <summary>How WSUS answers its clients: each endpoint asked as a client would ask it, from one computer.</summary>
public sealed record ClientState
{
    /// <summary>In the order of <see cref="ClientEndpoints.All"/>.</summary>
    public ValueList<EndpointState> Endpoints { get; init; } = [];

    /// <summary>Pools that start on demand and would end their worker when idle, if these questions did not keep it loaded.</summary>
    public ValueList<string> KeptLoaded { get; init; } = [];

    public EndpointState? Find(ClientEndpoint endpoint) => Endpoints.FirstOrDefault(state => state.Endpoint == endpoint);
}

/// <summary>Why an endpoint was not asked.</summary>
public enum SkipReason
{
    /// <summary>It was asked.</summary>
    None = 0,

    /// <summary>Its pool is stopped: clients get 503 from HTTP.sys.</summary>
    PoolStopped = 1,

    /// <summary>Its pool starts on demand and has no worker: a question would start one that nobody needs.</summary>
    PoolIdle = 2,
}

/// <summary>How one endpoint answers.</summary>
public sealed record EndpointState
{
    public required ClientEndpoint Endpoint { get; init; }

    /// <summary>What is asked, for example "http://sup01.corp.example:8530/ClientWebService/client.asmx".</summary>
    public string Address { get; init; } = "";

    /// <summary>The pool that serves it; empty where that is not known.</summary>
    public string PoolName { get; init; } = "";

    public SkipReason Skipped { get; init; }

    /// <summary>The last answer; null where it was not asked.</summary>
    public ProbeAnswer? Answer { get; init; }

    /// <summary>The best class that an answer of it had since whoever asks was started: 401 and 403 are as good as an answer where nothing better was ever seen. NotAsked = none was good yet.</summary>
    public AnswerClass Usual { get; init; }

    /// <summary>UTC time since which <see cref="State"/> has been the present one, as whoever asks has seen it.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>UTC time of the first bad answer in a row, whatever each of them was; null while a client gets what it needs, and where whoever asks does not tell.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>The time that 95 % of the answers of the last quarter of an hour did not exceed; null where there were too few.</summary>
    public TimeSpan? Percentile95 { get; init; }

    public AnswerClass Class => Skipped is SkipReason.None ? Answer?.Class ?? AnswerClass.NotAsked : AnswerClass.NotAsked;

    /// <summary>A client gets what it usually gets.</summary>
    public bool IsGood => IsGoodAnswer && (Class is AnswerClass.Answered || Usual is not AnswerClass.Answered);

    /// <summary>A client does not get what it needs, or not what it used to get.</summary>
    public bool IsFailing => Skipped is SkipReason.PoolStopped || (Class is not AnswerClass.NotAsked && !IsGood);

    /// <summary>UTC time since which a client does not get what it needs: since the first bad answer in a row, or longer where the one that it gets now was seen before whoever asks was started. Null while it does.</summary>
    public DateTimeOffset? BadSince => !IsFailing ? null : FailingSince is { } first && !(Since < first) ? first : Since;

    /// <summary>True where this answer can be the usual one.</summary>
    public bool IsGoodAnswer => ClientEndpoints.IsGood(Endpoint, Class);

    /// <summary>The better one of what is usual and this answer; what is usual where this is no good answer.</summary>
    public AnswerClass BetterThan(AnswerClass usual) => IsGoodAnswer && (usual is AnswerClass.NotAsked || Class < usual) ? Class : usual;

    /// <summary>The word whose changes become events.</summary>
    public string State => Skipped is SkipReason.None ? Class.ToString() : Skipped.ToString();
}
