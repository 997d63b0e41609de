using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsusDashboard.Agent.Security.Audit;

/// <summary>
/// Text of the audit as JSON: letters of every script, and all else that is seen, stay what they are, so that none takes more than three bytes; escaped is what
/// moves a cursor, ends a line or turns the direction.
/// </summary>
internal sealed class AuditTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        Span<char> units = stackalloc char[2];
        foreach (var rune in value.EnumerateRunes())
        {
            var characters = units[..rune.EncodeToUtf16(units)];
            if (rune.Value is '"' or '\\')
            {
                text.Append('\\').Append(characters);
            }
            else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                foreach (var character in characters)
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
                }
            }
            else
            {
                text.Append(characters);
            }
        }

        writer.WriteRawValue(text.Append('"').ToString(), skipInputValidation: true);
    }
}
