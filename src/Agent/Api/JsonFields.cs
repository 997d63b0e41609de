using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Agent.Commands;

namespace WsusDashboard.Agent.Api;

/// <summary>Checks the fields of a JSON request against the message that it is bound to.</summary>
internal static class JsonFields
{
    public static void CheckQuery(IQueryCollection query, IReadOnlyList<FieldDescriptor> fields, List<FieldViolation> violations)
    {
        foreach (var (key, values) in query)
        {
            var field = fields.FirstOrDefault(candidate => candidate.JsonName == key || candidate.Name == key);
            if (field is null)
            {
                violations.Add(Unknown(key, fields));
            }
            else if (values.Count != 1)
            {
                violations.Add(new FieldViolation(field.Name, $"{field.JsonName} was given {values.Count} times; allowed: once.", []));
            }
            else if (!IsText(field, values[0] ?? ""))
            {
                violations.Add(WrongType(field, values[0] ?? ""));
            }
        }
    }

    public static void CheckObject(JsonElement body, MessageDescriptor input, IReadOnlySet<string> inPath, string? verb, List<FieldViolation> violations)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            violations.Add(new FieldViolation("body", "The body isn't a JSON object.", []));
            return;
        }

        var fields = input.Fields.InDeclarationOrder().Where(field => !inPath.Contains(field.Name)).ToList();
        HashSet<string> seen = [];
        foreach (var property in body.EnumerateObject())
        {
            var field = fields.FirstOrDefault(candidate => candidate.JsonName == property.Name || candidate.Name == property.Name);
            if (field is null)
            {
                violations.Add(Unknown(property.Name, fields));
            }
            else if (!seen.Add(field.Name))
            {
                violations.Add(new FieldViolation(field.Name, $"{field.JsonName} was given twice; allowed: once.", []));
            }
            else if (field.Name == "verb" && verb is not null && property.Value.ToString() != verb)
            {
                violations.Add(new FieldViolation(field.Name, $"verb is \"{FieldChecks.Shown(property.Value.ToString())}\", but the path says {verb}; leave it out.", [verb]));
            }
            else if (IsGroup(field) && property.Value.ValueKind == JsonValueKind.Object)
            {
                CheckObject(property.Value, field.MessageType, new HashSet<string>(), null, violations);
            }
            else if (!IsValue(field, property.Value))
            {
                violations.Add(WrongType(field, property.Value.GetRawText()));
            }
        }
    }

    /// <summary>The object with the verb that the path says.</summary>
    public static byte[] Write(JsonElement body, string? verb)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var property in body.EnumerateObject().Where(property => verb is null || property.Name != "verb"))
            {
                property.WriteTo(writer);
            }

            if (verb is not null)
            {
                writer.WriteString("verb", verb);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A message of the contract; times are texts.</summary>
    private static bool IsGroup(FieldDescriptor field) => field.FieldType == FieldType.Message && field.MessageType.FullName != Timestamp.Descriptor.FullName;

    private static bool IsValue(FieldDescriptor field, JsonElement value) => (field.FieldType, value.ValueKind) switch
    {
        (_, JsonValueKind.Null) => true,
        (FieldType.String, JsonValueKind.String) => true,
        (FieldType.Bool, JsonValueKind.True or JsonValueKind.False) => true,
        (FieldType.Int32, JsonValueKind.Number) => value.TryGetInt32(out _),
        (FieldType.Int64, JsonValueKind.Number) => value.TryGetInt64(out _),
        (FieldType.Int32 or FieldType.Int64 or FieldType.Message, JsonValueKind.String) => IsText(field, value.GetString()!),
        _ => false,
    };

    private static bool IsText(FieldDescriptor field, string text) => field.FieldType switch
    {
        FieldType.String => true,
        FieldType.Bool => text is "true" or "false",
        FieldType.Int32 => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        FieldType.Int64 => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        FieldType.Message when IsGroup(field) => false,
        FieldType.Message => text.Length > 10 && text[10] is 'T' or 't'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
        _ => false,
    };

    private static FieldViolation Unknown(string name, IReadOnlyList<FieldDescriptor> fields)
    {
        var known = fields.Select(field => field.JsonName).ToList();
        return new FieldViolation(FieldChecks.Shown(name), $"\"{FieldChecks.Shown(name)}\" is not a field of this request; allowed: {(known.Count == 0 ? "none" : string.Join(", ", known))}.", known);
    }

    private static FieldViolation WrongType(FieldDescriptor field, string value) =>
        new(field.Name, $"{field.JsonName} is {FieldChecks.Shown(value)}; allowed: {Expected(field)}.", []);

    private static string Expected(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => "text",
        FieldType.Bool => "true or false",
        FieldType.Int32 => "a 32-bit whole number",
        FieldType.Int64 => "a 64-bit whole number",
        FieldType.Message when IsGroup(field) => "a JSON object",
        FieldType.Message => "a time such as 2026-01-31T08:15:00Z",
        _ => "another type",
    };
}
