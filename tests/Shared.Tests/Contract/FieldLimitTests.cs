using Google.Protobuf.Reflection;
using WsusDashboard.Shared.Contract.Border;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Tests.Contract;

/// <summary>The table of limits and the contract are the same list.</summary>
public sealed class FieldLimitTests
{
    public static TheoryData<string> Messages => [.. FieldLimits.Messages().Select(message => message.Name)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Named_EachFieldOfTheContract_HasALimitOfItsKind(string name)
    {
        var message = FieldLimits.Messages().Single(candidate => candidate.Name == name);
        var limits = FieldLimits.Named(message);
        var wrong = message.Fields.InDeclarationOrder()
            .Where(field => !Fits(field, limits.GetValueOrDefault(field.Name)))
            .Select(field => $"{field.FullName}: {limits.GetValueOrDefault(field.Name)?.ToString() ?? "no limit; add it to FieldLimits"}");

        Assert.Empty(wrong);
        Assert.Empty(limits.Keys.Except(message.Fields.InDeclarationOrder().Select(field => field.Name)));
    }

    [Fact]
    public void Messages_OfEachFile_AreAllThatTheContractHas()
    {
        var services = new[] { Wire.AgentReflection.Descriptor, Wire.TrustReflection.Descriptor }.SelectMany(file => file.Services);
        var sent = services.SelectMany(service => service.Methods).SelectMany(method => new[] { method.InputType, method.OutputType });

        Assert.Empty(sent.Except(FieldLimits.Messages()).Select(message => message.FullName));
        Assert.Empty(FieldLimits.Messages().SelectMany(message => message.NestedTypes).Select(message => message.FullName));
    }

    private static bool Fits(FieldDescriptor field, FieldLimit? limit) => field.IsRepeated
        ? limit is ListLimit list && FitsOne(field, list.Each)
        : FitsOne(field, limit);

    private static bool FitsOne(FieldDescriptor field, FieldLimit? limit) => field.FieldType switch
    {
        FieldType.String => limit is TextLimit,
        FieldType.Bytes => limit is BytesLimit,
        FieldType.Double => limit is NumberLimit,
        FieldType.Int32 => limit is NumberLimit,
        FieldType.Int64 => limit is NumberLimit or TimeLimit,
        FieldType.Bool or FieldType.Enum => limit is null,
        FieldType.Message when field.MessageType.FullName == "google.protobuf.Timestamp" => limit is TimeLimit,
        FieldType.Message when field.MessageType.FullName == "google.protobuf.Duration" => limit is DurationLimit,
        FieldType.Message => limit is PartLimit,
        _ => false,
    };
}
