using System.Text.Json;
using System.Text.Json.Serialization;
using WsusDashboard.Agent.ConfigMgr.Status;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>What wsyncmgr.log has said so far; it stands in the store beside the position, so a restart goes on where the reading ended.</summary>
internal sealed record SyncLogState
{
    /// <summary>What woke the synchronization that has not begun yet.</summary>
    public SyncTrigger NextTrigger { get; init; }

    /// <summary>The run that has begun and not ended.</summary>
    public SyncRun? Open { get; init; }

    /// <summary>"Starting Sync" was seen for the open run: a second one begins another.</summary>
    public bool HasStartLine { get; init; }

    /// <summary>Status message 6701 was seen for the open run: a second one begins another.</summary>
    public bool HasStartMessage { get; init; }

    /// <summary>The run that ended last: numbers and reasons may follow its end.</summary>
    public SyncRun? Closed { get; init; }

    public ConfigMgrSyncProgress? Progress { get; init; }

    /// <summary>The newest status message; null where none was seen.</summary>
    public SyncStatusMessage? LastMessage { get; init; }

    /// <summary>UTC time of the newest line.</summary>
    public DateTimeOffset? LastLineAt { get; init; }

    public static SyncLogState Parse(string? text)
    {
        try
        {
            return text is null ? new SyncLogState() : JsonSerializer.Deserialize(text, SyncLogStateContext.Default.SyncLogState) ?? new SyncLogState();
        }
        catch (JsonException)
        {
            // Written by another version: the open run is then closed by the next start.
            return new SyncLogState();
        }
    }

    public override string ToString() => JsonSerializer.Serialize(this, SyncLogStateContext.Default.SyncLogState);
}

[JsonSerializable(typeof(SyncLogState))]
internal sealed partial class SyncLogStateContext : JsonSerializerContext;
