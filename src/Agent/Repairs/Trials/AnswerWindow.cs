using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs.Trials;

/// <summary>The newest answers of every endpoint, and what they come to.</summary>
/// <remarks>Threading: one caller at a time.</remarks>
internal sealed class AnswerWindow
{
    /// <summary>As many answers speak for an endpoint: one slow answer does not decide.</summary>
    public const int Size = 5;

    private readonly Queue<ClientState?> _rounds = [];

    public bool IsFull => _rounds.Count == Size;

    public int Count => _rounds.Count;

    /// <param name="round">What was answered; null where WSUS could not be asked at all.</param>
    public void Add(ClientState? round)
    {
        _rounds.Enqueue(round);
        if (_rounds.Count > Size)
        {
            _rounds.Dequeue();
        }
    }

    /// <summary>Each endpoint of the newest answers, in the order of <see cref="ClientEndpoints.All"/>; empty where none could be asked.</summary>
    public IReadOnlyList<EndpointSeries> Series() =>
    [
        .. ClientEndpoints.All
            .Select(endpoint => new EndpointSeries(endpoint, [.. _rounds.Select(round => round?.Find(endpoint)).OfType<EndpointState>()]))
            .Where(series => series.Answers.Count > 0),
    ];
}

/// <summary>Several answers of one endpoint, oldest first.</summary>
internal sealed record EndpointSeries(ClientEndpoint Endpoint, IReadOnlyList<EndpointState> Answers)
{
    /// <summary>The class in the middle; of an even number the worse one.</summary>
    public AnswerClass Class => Classes.Order().ElementAt(Answers.Count / 2);

    public bool IsGood => ClientEndpoints.IsGood(Endpoint, Class);

    /// <summary>The newest answer of that class, in a word or two.</summary>
    public string Words => Answers.LastOrDefault(state => ClassOf(state) == Class) is not { } state ? ""
        : state.Skipped is SkipReason.PoolStopped ? "503" : state.Answer?.Words ?? "";

    /// <summary>Null where nothing was answered.</summary>
    public TimeSpan? Median => Answers.Select(state => state.Answer?.Duration).OfType<TimeSpan>().Order().ToList() is { Count: > 0 } times ? times[times.Count / 2] : null;

    /// <summary>The last answers, as many as that, all fulfil the condition.</summary>
    public bool Ends(int count, Func<EndpointState, bool> condition) => Answers.Count >= count && Answers.TakeLast(count).All(condition);

    private IEnumerable<AnswerClass> Classes => Answers.Select(ClassOf);

    /// <summary>For a stopped pool HTTP.sys answers 503; nobody needs to ask.</summary>
    public static AnswerClass ClassOf(EndpointState state) => state.Skipped is SkipReason.PoolStopped ? AnswerClass.Unavailable : state.Class;
}
