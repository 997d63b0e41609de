using System.Globalization;
using System.Text;
using System.Xml;

namespace WsusDashboard.Iis.Emulation.Text;

/// <summary>Attribute values between their written form (with references) and what they mean.</summary>
/// <remarks>A document type is refused before this is used, so the five predefined entities are all there are.</remarks>
internal static class XmlCharacters
{
    public static string Unescape(string raw)
    {
        if (raw.AsSpan().IndexOfAny("&\t\r\n") < 0)
        {
            return raw;
        }

        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            switch (raw[i])
            {
                case '&':
                    var end = raw.IndexOf(';', i);
                    text.Append(Resolve(raw.AsSpan(i + 1, end - i - 1)));
                    i = end;
                    break;
                case '\r' when i + 1 < raw.Length && raw[i + 1] == '\n':
                    // One line end becomes one space (XML 1.0, 2.11 and 3.3.3).
                    break;
                case '\r' or '\n' or '\t':
                    text.Append(' ');
                    break;
                default:
                    text.Append(raw[i]);
                    break;
            }
        }

        return text.ToString();
    }

    public static string Escape(string value, char quote)
    {
        var text = new StringBuilder(value.Length);
        foreach (var character in value)
        {
            _ = character switch
            {
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                '>' => text.Append("&gt;"),
                '"' when quote == '"' => text.Append("&quot;"),
                '\'' when quote == '\'' => text.Append("&apos;"),
                '\t' or '\r' or '\n' => text.Append(CultureInfo.InvariantCulture, $"&#x{(int)character:X};"),
                _ => text.Append(character),
            };
        }

        return text.ToString();
    }

    /// <summary>False for a text that no XML file can hold, even as a reference: most control characters, half of a pair.</summary>
    public static bool CanBeWritten(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (i + 1 < value.Length && XmlConvert.IsXmlSurrogatePair(value[i + 1], value[i]))
            {
                i++;
            }
            else if (!XmlConvert.IsXmlChar(value[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static string Resolve(ReadOnlySpan<char> reference) => reference switch
    {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        ['#', 'x', .. var digits] => char.ConvertFromUtf32(int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        ['#', .. var digits] => char.ConvertFromUtf32(int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture)),
        _ => $"&{reference};",
    };
}
