using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Live;

/// <summary>What is going on with a server, whatever its health.</summary>
public enum ServerCondition
{
    /// <summary>It is watched, and that is all.</summary>
    Watched = 0,

    /// <summary>Its history is being read: what is not there yet says nothing.</summary>
    ReadingHistory = 1,

    /// <summary>A repair goes on: what stops meanwhile is the repair's doing.</summary>
    BeingRepaired = 2,

    /// <summary>Its agent broke the contract, or said more than it may: it isn't listened to for a time, and the state shown is the last known one.</summary>
    Quarantined = 3,

    /// <summary>What it says can't be assessed, or not in time: the state shown is of before that.</summary>
    NotAssessable = 4,
}

/// <summary>How far the reading of a server's history is.</summary>
/// <param name="State">How much is here.</param>
/// <param name="Taken">Events of the agent that are stored.</param>
/// <param name="Total">Events that it had, as far as it has told.</param>
public sealed record HistoryReading(HistoryState State, long Taken, long Total)
{
    public static HistoryReading Complete { get; } = new(HistoryState.Complete, 0, 0);

    public static HistoryReading Unknown { get; } = new(HistoryState.Unknown, 0, 0);

    /// <summary>True where what is missing may be there later: no list may say that there is nothing.</summary>
    public bool IsIncomplete => State != HistoryState.Complete;
}
