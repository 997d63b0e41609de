using System.Text.Json;
using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Syncs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>Messages of agents that stand in the database whole. One that is damaged, or of another version, says nothing; the rest of the case is still there.</summary>
internal static class StoredMessages
{
    /// <summary>Null where nothing of the repair has begun.</summary>
    public static RepairPeriod? ReadPeriod(string run)
    {
        try
        {
            return JsonSerializer.Deserialize<Repair>(run, JsonColumn.Json) is { } known ? RepairPeriod.Of(known) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What the agent found around a synchronization and the other view of it.</summary>
    public static async Task<IReadOnlyList<RunEvidence>> ReadEvidenceAsync(DashboardContext context, int serverId, string runId, string? partnerId, CancellationToken cancellationToken)
    {
        var messages = await context.RunEvidence.AsNoTracking().Where(row => row.ServerId == serverId && (row.RunId == runId || row.RunId == partnerId)).Select(row => row.Message).ToListAsync(cancellationToken);
        return [.. messages.Select(ReadEvidence).OfType<RunEvidence>()];
    }

    private static RunEvidence? ReadEvidence(byte[] message)
    {
        try
        {
            return Wire.RunEvidence.Parser.ParseFrom(message).ToDomain();
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
