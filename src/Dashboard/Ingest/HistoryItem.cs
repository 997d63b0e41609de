using System.Globalization;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>Something to be stored.</summary>
internal abstract record HistoryItem(int ServerId)
{
    /// <summary>What an item takes beside its texts: itself, its records and their lists.</summary>
    protected const int Frame = 1_024;

    /// <summary>About how many bytes of memory it takes.</summary>
    public virtual long Bytes => Frame;
}

/// <summary>An event of an agent; stored together with the cursor that says so.</summary>
/// <param name="IsFirstOfWatch">True for the first event after a Watch: a hole before it is a hole at the agent, not here.</param>
internal sealed record EventItem(int ServerId, string Epoch, AgentEvent Event, bool IsFirstOfWatch) : HistoryItem(ServerId)
{
    /// <summary>A text takes twice as much in memory as on the wire, and each record its own head.</summary>
    private const int MemoryOfAByte = 3;

    /// <summary>Size of the message that it came in.</summary>
    public int MessageBytes { get; init; }

    public override long Bytes => Frame + ((long)MessageBytes * MemoryOfAByte);

    /// <summary>True for what stands in the place of an event that could not be stored.</summary>
    public bool IsPlaceholder { get; private init; }

    /// <summary>Keeps the sequence whole, and says in the history what is missing.</summary>
    public EventItem ToPlaceholder(string reason) => this with
    {
        IsPlaceholder = true,
        Event = new() { Sequence = Event.Sequence, At = Event.At, StateChange = new("history", "", "incomplete", string.Create(CultureInfo.InvariantCulture, $"Event {Event.Sequence} couldn't be stored: {reason}")) },
    };
}

/// <summary>What an agent answered about a repair; its events tell the same later.</summary>
internal sealed record RunItem(int ServerId, Repair Run, DateTimeOffset ReadAt) : HistoryItem(ServerId)
{
    public override long Bytes => Frame + Run.Steps.Sum(step => Frame + (sizeof(char) * (step.Output.Length + step.Message.Length + step.ReadBack.Sum(line => (long)line.Length))));
}

/// <summary>The cause that the rules named for a synchronization.</summary>
internal sealed record CauseItem(int ServerId, string RunId, string CauseId, string CauseTitle) : HistoryItem(ServerId);

/// <summary>WSUS answers this dashboard otherwise than before.</summary>
internal sealed record OutsideItem(int ServerId, DateTimeOffset At, Section<ClientState> Section, IReadOnlyList<StateChange> Changes) : HistoryItem(ServerId)
{
    public override long Bytes => (long)Frame * (1 + Changes.Count);
}

/// <summary>Nothing: it tells when all before it is stored.</summary>
internal sealed record FlushItem() : HistoryItem(0)
{
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>How far the events of a server were stored.</summary>
/// <param name="Epoch">The life of the agent's sequence; empty before the first.</param>
/// <param name="Sequence">The last stored event; 0 = none.</param>
internal sealed record LinkCursor(string Epoch, long Sequence)
{
    public static LinkCursor Start { get; } = new("", 0);
}
