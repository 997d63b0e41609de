using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Border;

/// <summary>
/// What each field of the contract may hold: the machine's reading of the comments in the proto files. A field without a line here is a failing test and, until then, a message that nobody can receive.
/// Requests are refused where they are wrong; of what agents tell, what does no harm is cut.
/// </summary>
public static class FieldLimits
{
    private static readonly FrozenDictionary<string, IReadOnlyList<(FieldDescriptor, FieldLimit)>> Resolved = Messages().ToFrozenDictionary(message => message.FullName, Resolve);

    /// <summary>All messages of the contract.</summary>
    public static IEnumerable<MessageDescriptor> Messages() =>
        new[] { Wire.AgentReflection.Descriptor, Wire.StateReflection.Descriptor, Wire.PostureReflection.Descriptor, Wire.TrustReflection.Descriptor }.SelectMany(file => file.MessageTypes);

    /// <summary>The limits by the names of a message's fields; empty where there are none.</summary>
    public static IReadOnlyDictionary<string, FieldLimit> Named(MessageDescriptor message) =>
        AgentMessages.All.GetValueOrDefault(message.Name) ?? StateMessages.All.GetValueOrDefault(message.Name) ?? PostureMessages.All.GetValueOrDefault(message.Name) ?? TrustMessages.All.GetValueOrDefault(message.Name) ?? [];

    /// <summary>Each field of a message with its limit.</summary>
    /// <exception cref="InvalidOperationException">A field has none.</exception>
    internal static IReadOnlyList<(FieldDescriptor Field, FieldLimit Limit)> Of(MessageDescriptor message) => Resolved[message.FullName];

    /// <summary>Most bytes of a message where its fields together may not hold what each of them may; null = no limit of its own.</summary>
    public static int? MaximumBytes(MessageDescriptor message) => message.Name switch
    {
        nameof(Wire.Repair) or nameof(Wire.Plan) => ContractLimits.MaximumRunBytes,
        nameof(Wire.RunEvidence) => ContractLimits.MaximumEvidenceBytes,
        nameof(Wire.Section) => ContractLimits.MaximumSectionBytes,
        _ => null,
    };

    private static IReadOnlyList<(FieldDescriptor, FieldLimit)> Resolve(MessageDescriptor message)
    {
        var named = Named(message);
        return [.. message.Fields.InDeclarationOrder().Select(field => (field, named.GetValueOrDefault(field.Name) ?? ClosedOrMissing(field)))];
    }

    /// <summary>A yes or no and a number of an enum need no line: neither can be beyond anything.</summary>
    private static FieldLimit ClosedOrMissing(FieldDescriptor field) => !field.IsRepeated && field.FieldType is FieldType.Bool or FieldType.Enum
        ? Limit.Closed
        : throw new InvalidOperationException($"{field.FullName} has no limit; add it to FieldLimits.");
}
