using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace WsusDashboard.Agent.Tests.Cli;

/// <summary>A text as the other side may send one: it moves the cursor, begins a line, turns the reading direction, hides.</summary>
internal static class HostileText
{
    /// <summary>What a line begins with that the text forges.</summary>
    public const string Forged = "FORGED";

    private const int DeepestMessage = 6;

    public const string Text = "because\u001b[2A\u001b]0;title\u0007\r\n" + Forged + "\n" + Forged + "\t\u0085\u009b31m\u202e\u202a\u2066\u2069\u2028\u2029\u200b\u200f\ufeff\u00ad\U000e0041";

    /// <summary>Control and format characters, and separators of lines, but for the ends of lines of the program itself.</summary>
    public static IReadOnlyList<string> InvisibleIn(string output) =>
    [
        .. output.ReplaceLineEndings("\n").EnumerateRunes()
            .Where(rune => rune.Value != '\n' && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            .Select(rune => string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}")),
    ];

    /// <summary>A message whose every text is hostile, and whose lists have one item.</summary>
    public static T Message<T>()
        where T : IMessage<T>, new() => (T)Fill(new T(), 0);

    private static IMessage Fill(IMessage message, int depth)
    {
        if (message is Timestamp timestamp)
        {
            timestamp.Seconds = 1_770_000_000;
            return message;
        }

        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(field => !field.IsMap && message is not Duration))
        {
            if (Value(field, depth) is not { } value)
            {
                continue;
            }

            if (field.IsRepeated)
            {
                ((System.Collections.IList)field.Accessor.GetValue(message)).Add(value);
            }
            else if (field.RealContainingOneof is null)
            {
                field.Accessor.SetValue(message, value);
            }
        }

        return message;
    }

    private static object? Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.String => Text,
        FieldType.Message when depth < DeepestMessage => Fill(field.MessageType.Parser.ParseFrom(ByteString.Empty), depth + 1),
        FieldType.Enum when field.EnumType.Values.Count > 1 => System.Enum.ToObject(field.EnumType.ClrType, field.EnumType.Values[1].Number),
        _ => null,
    };
}
