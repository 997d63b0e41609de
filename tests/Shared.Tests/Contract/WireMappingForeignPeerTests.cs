using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract.Border;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Trends;
using WsusDashboard.Shared.Trust;
using Enum = System.Enum;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Tests.Contract;

/// <summary>A newer or damaged peer must not break this build.</summary>
public sealed class WireMappingForeignPeerTests
{
    private const int NumberOfANewerPeer = 999;

    /// <summary>Enums that never cross the wire: they only choose between texts and verdicts on one side.</summary>
    private static readonly System.Type[] OneSided = [typeof(PairingRole), typeof(OutboundAnswer), typeof(RepairVerdict), typeof(TieKind), typeof(UndecidedReason), typeof(RepairTrace), typeof(Beyond), typeof(TimeReach), typeof(ProductKind)];

    public static TheoryData<string> Records => [.. WirePair.All.Select(pair => pair.Domain.Name)];

    public static TheoryData<string> DomainEnums => [.. ContractEnums().Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Records))]
    public void ToDomain_EmptyMessage_GivesDefaults(string name)
    {
        var pair = WirePair.Of(name);

        Assert.NotNull(pair.ToDomain(pair.NewMessage()));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void ToDomain_UnknownEnumNumbers_GivesOnlyKnownValues(string name)
    {
        var pair = WirePair.Of(name);
        var message = Fill(pair.NewMessage(), field => field.FieldType is FieldType.Enum ? NumberOfANewerPeer : null);

        Assert.Empty(UndefinedEnums(pair.ToDomain(message)));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void ToDomain_TimesOutsideTheirRange_DoesNotThrow(string name)
    {
        var pair = WirePair.Of(name);
        foreach (var (seconds, nanoseconds) in new[] { (long.MaxValue, int.MaxValue), (long.MinValue, int.MinValue), (0L, -1), (253_402_300_799L, 999_999_999) })
        {
            var message = Fill(pair.NewMessage(), field => field.FieldType is not FieldType.Message ? null
                : field.MessageType == Timestamp.Descriptor ? new Timestamp { Seconds = seconds, Nanos = nanoseconds }
                : field.MessageType == Duration.Descriptor ? new Duration { Seconds = seconds, Nanos = nanoseconds }
                : null);

            Assert.NotNull(pair.ToDomain(message));
        }
    }

    [Fact]
    public void ToDomain_UnknownStates_AreTheCautiousOnes()
    {
        var section = new Wire.Section { Name = SectionNames.Iis, Status = (Wire.SectionStatus)NumberOfANewerPeer, Failure = (Wire.ReadFailure)NumberOfANewerPeer };
        var policy = new Wire.AgentPolicy { Mode = (Wire.PolicyMode)NumberOfANewerPeer };

        var iis = new Wire.Snapshot { Sections = { section } }.ToDomain().Iis;

        Assert.Equal(SectionStatus.Unreadable, iis.Status);
        Assert.Equal(ReadFailure.Other, iis.Failure);
        Assert.Equal(PolicyMode.MonitorOnly, policy.ToDomain().Mode);
        Assert.Equal(PolicyMode.MonitorOnly, new Wire.AgentInfo().ToDomain().Policy.Mode);
    }

    [Fact]
    public void ToWire_DurationBeyondTheContract_IsCutToItsLimit()
    {
        var measure = new CollectorMeasure("iis", 0, 0, TimeSpan.MaxValue, null);

        Assert.Equal(TimeSpan.FromSeconds(315_576_000_000), measure.ToWire().ToDomain().LastDuration);
    }

    [Theory]
    [MemberData(nameof(DomainEnums))]
    public void Enums_DomainAndContract_HaveTheSameNamesAndNumbers(string name)
    {
        var domain = ContractEnums().Single(type => type.Name == name);
        var wire = typeof(Wire.Snapshot).Assembly.GetType($"{typeof(Wire.Snapshot).Namespace}.{name}", throwOnError: true)!;

        Assert.Equal(Members(wire), Members(domain));
    }

    private static IEnumerable<System.Type> ContractEnums() => typeof(Snapshot).Assembly.GetExportedTypes().Where(type => type.IsEnum && !OneSided.Contains(type)
        && type.Namespace != typeof(Wire.Snapshot).Namespace && !type.Namespace!.StartsWith(typeof(RuleEngine).Namespace!, StringComparison.Ordinal) && type.Namespace != typeof(SettingOperator).Namespace
        && type.Namespace != typeof(FailureSign).Namespace);

    private static IEnumerable<string> Members(System.Type type) => Enum.GetValuesAsUnderlyingType(type).Cast<int>().Zip(Enum.GetNames(type), (number, member) => $"{number} {member.ToUpperInvariant()}");

    private static IMessage Fill(IMessage message, Func<FieldDescriptor, object?> valueOf)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(field => !field.IsRepeated))
        {
            if (valueOf(field) is { } value)
            {
                field.Accessor.SetValue(message, field.FieldType is FieldType.Enum ? Enum.ToObject(field.EnumType.ClrType, value) : value);
            }
        }

        return message;
    }

    private static IEnumerable<string> UndefinedEnums(object? value)
    {
        switch (value)
        {
            case null or string:
                return [];
            case Enum number:
                return Enum.IsDefined(number.GetType(), number) ? [] : [$"{number.GetType().Name} {number}"];
            case IEnumerable items:
                return items.Cast<object?>().SelectMany(UndefinedEnums);
            default:
                return value.GetType().Namespace!.StartsWith("System", StringComparison.Ordinal)
                    ? []
                    : value.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0).SelectMany(property => UndefinedEnums(property.GetValue(value)));
        }
    }
}
