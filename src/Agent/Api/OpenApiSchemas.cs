using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace WsusDashboard.Agent.Api;

/// <summary>JSON schemas of messages, as proto3's JSON form has them. Each message that is named is collected once.</summary>
internal sealed class OpenApiSchemas(ProtoComments comments)
{
    public const string ProblemReference = "#/components/schemas/Problem";

    private readonly SortedDictionary<string, JsonObject> _collected = new(StringComparer.Ordinal);

    public JsonObject Collected()
    {
        var schemas = new JsonObject { ["Problem"] = Problem() };
        foreach (var (name, schema) in _collected)
        {
            schemas[name] = schema;
        }

        return schemas;
    }

    public JsonObject Reference(MessageDescriptor message)
    {
        if (!_collected.ContainsKey(message.Name))
        {
            // Entered before its fields, so that a message that holds itself ends here.
            _collected[message.Name] = [];
            _collected[message.Name] = Inline([.. message.Fields.InDeclarationOrder()], comments.Of(message.FullName));
        }

        return new JsonObject { ["$ref"] = "#/components/schemas/" + message.Name };
    }

    public JsonObject Inline(IReadOnlyList<FieldDescriptor> fields, string description = "")
    {
        var properties = new JsonObject();
        foreach (var field in fields)
        {
            var schema = Of(field);
            if (comments.Of(field.FullName) is { Length: > 0 } comment)
            {
                schema["description"] = comment;
            }

            properties[field.JsonName] = schema;
        }

        var result = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (description.Length > 0)
        {
            result["description"] = description;
        }

        return result;
    }

    public JsonObject Of(FieldDescriptor field) => field.IsRepeated
        ? new JsonObject { ["type"] = "array", ["items"] = OfOne(field) }
        : OfOne(field);

    private JsonObject OfOne(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Bool => new JsonObject { ["type"] = "boolean" },
        FieldType.Int32 => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
        // proto3 writes 64 bits as text, because JavaScript's numbers are too short; it reads both.
        FieldType.Int64 => new JsonObject { ["type"] = new JsonArray("string", "integer"), ["format"] = "int64" },
        FieldType.Double => new JsonObject { ["type"] = "number", ["format"] = "double" },
        FieldType.Enum => new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. field.EnumType.Values.Select(value => (JsonNode)value.Name)]) },
        FieldType.Message when field.MessageType.FullName == Timestamp.Descriptor.FullName => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
        FieldType.Message when field.MessageType.FullName == Duration.Descriptor.FullName =>
            new JsonObject { ["type"] = "string", ["pattern"] = "^-?[0-9]+(\\.[0-9]{1,9})?s$" },
        FieldType.Message => Reference(field.MessageType),
        _ => new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Problem() => new()
    {
        ["type"] = "object",
        ["description"] = "RFC 9457",
        ["properties"] = new JsonObject
        {
            ["title"] = new JsonObject { ["type"] = "string" },
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["detail"] = new JsonObject { ["type"] = "string" },
            ["instance"] = new JsonObject { ["type"] = "string" },
            ["errors"] = new JsonObject
            {
                ["type"] = "object",
                ["description"] = "Field to what is wrong with it.",
                ["additionalProperties"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
            },
            ["allowed"] = new JsonObject
            {
                ["type"] = "object",
                ["description"] = "Field to the values that are allowed, where that is a list.",
                ["additionalProperties"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
            },
        },
    };
}
