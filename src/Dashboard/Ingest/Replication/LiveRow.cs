using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest.Replication;

/// <summary>A server as its owner shows it, for the other dashboards: all but who it is, which stands in its own row, and its snapshot, which changes less often.</summary>
internal sealed record LiveRow
{
    private static readonly JsonSerializerOptions Json = new(JsonColumn.Json) { IgnoreReadOnlyProperties = true, Converters = { new ValueListConverter() } };

    public required ServerStatus Status { get; init; }

    /// <summary>The contract's Section message.</summary>
    public byte[]? Outside { get; init; }

    public Assessment? Assessment { get; init; }

    public DateTimeOffset? NotAssessableSince { get; init; }

    public required LinkStatus Link { get; init; }

    public ActiveRepair? ActiveRepair { get; init; }

    public DateTimeOffset? LastRepairEndedAt { get; init; }

    public required HistoryReading History { get; init; }

    public required ValueList<ServerProblem> Problems { get; init; }

    public required IReadOnlyList<SyncRun> RecentSyncs { get; init; }

    public required IReadOnlyList<SourceAttempt> SourceAttempts { get; init; }

    public static byte[] Write(LiveServer server) => JsonSerializer.SerializeToUtf8Bytes(
        new LiveRow
        {
            Status = server.Status,
            Outside = server.Outside?.ToWire().ToByteArray(),
            Assessment = server.Assessment,
            NotAssessableSince = server.NotAssessableSince,
            Link = server.Link,
            ActiveRepair = server.ActiveRepair,
            LastRepairEndedAt = server.LastRepairEndedAt,
            History = server.History,
            Problems = server.Problems,
            RecentSyncs = server.RecentSyncs,
            SourceAttempts = server.SourceAttempts,
        },
        Json);

    /// <summary>Null where a dashboard of another version wrote it, and it can't be read here.</summary>
    public static LiveRow? Read(byte[] row)
    {
        try
        {
            return JsonSerializer.Deserialize<LiveRow>(row, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A server that has no such row yet, or whose name was changed: as it was shown, else as the database has it.</summary>
    public static LiveServer Show(ServerIdentity identity, LiveServer? shown, ServerStatus stored) =>
        (shown ?? Empty(identity, stored)) with { Name = identity.Name, Site = identity.Site, Address = identity.Address, Baseline = identity.Baseline.Id };

    /// <summary>The server as its owner shows it.</summary>
    public LiveServer Show(ServerIdentity identity, Snapshot? snapshot) => Empty(identity, Status) with
    {
        Snapshot = snapshot,
        Outside = Outside is { } message ? Shared.Contract.V1.Section.Parser.ParseFrom(message).ToClientSection() : null,
        Assessment = Assessment,
        NotAssessableSince = NotAssessableSince,
        Link = Link,
        ActiveRepair = ActiveRepair,
        LastRepairEndedAt = LastRepairEndedAt,
        History = History,
        Problems = Problems,
        RecentSyncs = RecentSyncs,
        SourceAttempts = SourceAttempts,
    };

    private static LiveServer Empty(ServerIdentity identity, ServerStatus status) => new()
    {
        Id = identity.Id,
        Name = identity.Name,
        Site = identity.Site,
        Address = identity.Address,
        Baseline = identity.Baseline.Id,
        Status = status,
        History = HistoryReading.Unknown,
    };

    /// <summary>A list compares by what is in it, and is made as a whole.</summary>
    private sealed class ValueListConverter : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(ValueList<>);

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

        private sealed class Of<T> : JsonConverter<ValueList<T>>
        {
            public override ValueList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => [.. JsonSerializer.Deserialize<T[]>(ref reader, options) ?? []];

            public override void Write(Utf8JsonWriter writer, ValueList<T> value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value.ToArray(), options);
        }
    }
}
