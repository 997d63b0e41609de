using System.Text.Json;
using CsCheck;
using Google.Protobuf;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Tests.Contract;

public sealed class WireMappingRoundTripTests
{
    private const int Iterations = 200;

    /// <summary>Records that never cross the wire: rules' results, catalogues, and names.</summary>
    private static readonly string[] MappedNamespaces = [typeof(Snapshot).Namespace!, typeof(Plan).Namespace!, typeof(SyncRun).Namespace!, typeof(AgentEvent).Namespace!];

    public static TheoryData<string> Records => [.. WirePair.All.Select(pair => pair.Domain.Name)];

    public static TheoryData<string> Sections => [.. SectionNames.All];

    [Theory]
    [MemberData(nameof(Records))]
    public void ToWireThenToDomain_AnyRecord_GivesTheSameRecord(string name)
    {
        var pair = WirePair.Of(name);

        RecordGenerator.For(pair.Domain).Sample(
            domain => Assert.Equal(Json(domain!, pair.Domain), Json(pair.ToDomain(ThroughBytes(pair, pair.ToWire(domain!))), pair.Domain)),
            iter: Iterations);
    }

    [Fact]
    public void Mapping_EveryRecordOfTheContract_HasAPair()
    {
        var mapped = WirePair.All.Select(pair => pair.Domain).ToHashSet();

        var missing = typeof(Snapshot).Assembly.GetExportedTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false, IsGenericType: false } && MappedNamespaces.Contains(type.Namespace) && type.GetMethod("<Clone>$") is not null)
            .Except(mapped)
            .Except([typeof(RepairPeriod)]) // Made of a repair on each side.
            .Select(type => type.Name);

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void ApplySection_AnyChangedSection_ReplacesThatSectionOnly(string name)
    {
        var snapshots = RecordGenerator.For(typeof(Snapshot)).Select(value => (Snapshot)value! with { Revision = 7 });

        Gen.Select(snapshots, snapshots).Sample(
            (before, other) =>
            {
                var sent = other.ToWire().Sections.Single(section => section.Name == name);

                var after = before.ApplySection(sent);

                Assert.Equal(8, after.Revision);
                Assert.Equal(sent, after.ToWire().Sections.Single(section => section.Name == name));
                Assert.Equal(Others(before, name), Others(after, name));
            },
            iter: Iterations);
    }

    [Fact]
    public void ApplySection_UnknownName_LeavesTheSnapshot()
    {
        var snapshot = Snapshot.Empty(new AgentInfo { AgentId = "a", ComputerName = "SRV" });

        Assert.Same(snapshot, snapshot.ApplySection(new Wire.Section { Name = "weather" }));
    }

    [Fact]
    public void ToDomain_SnapshotWithoutSections_HasSixPendingSections()
    {
        var snapshot = new Wire.Snapshot().ToDomain();

        Assert.Equal(SectionStatus.Pending, snapshot.Iis.Status);
        Assert.Equal(SectionNames.All, snapshot.ToWire().Sections.Select(section => section.Name));
    }

    [Fact]
    public void ToWire_TimeWithAnOffset_IsTheSameMoment()
    {
        var at = new DateTimeOffset(2026, 1, 5, 7, 12, 0, 1, TimeSpan.FromHours(1));
        var run = new SyncRun { Id = "wsus-1", StartedAt = at };

        Assert.Equal(at, run.ToWire().ToDomain().StartedAt);
        Assert.Equal(TimeSpan.Zero, run.ToWire().ToDomain().StartedAt.Offset);
    }

    private static string Others(Snapshot snapshot, string name) => string.Join('|', snapshot.ToWire().Sections.Where(section => section.Name != name));

    private static IMessage ThroughBytes(WirePair pair, IMessage message)
    {
        var read = pair.NewMessage();
        read.MergeFrom(message.ToByteArray());
        return read;
    }

    private static string Json(object value, Type type) => JsonSerializer.Serialize(value, type);
}
