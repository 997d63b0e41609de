using System.Globalization;
using System.Text.Json;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Posture;

/// <summary>The fields of a table, each read as its kind; what is wrong is noted and reading goes on, so that every mistake is named at once.</summary>
internal sealed class TableFields(int mostMistakes)
{
    private const int LongestText = 400;
    private const int LongestId = 40;
    private const int LongestShown = 80;
    private const int FirstYear = 2000;
    private const int LastYear = 2099;
    private const string DayFormat = "yyyy-MM-dd";

    private readonly List<string> _mistakes = [];

    public IReadOnlyList<string> Mistakes => _mistakes;

    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture);

    /// <summary>Notes a mistake: the place, the value and what is allowed.</summary>
    public void Wrong(string path, string value, string allowed)
    {
        if (_mistakes.Count < mostMistakes)
        {
            var shown = PlainText.Replace(value.Length > LongestShown ? value[..LongestShown] + "…" : value);
            _mistakes.Add($"{path} is \"{shown}\". Allowed: {allowed}");
        }
    }

    /// <summary>Notes that nothing stands at a place where something has to.</summary>
    public void Missing(string path, string allowed)
    {
        if (_mistakes.Count < mostMistakes)
        {
            _mistakes.Add($"{path} is missing. Allowed: {allowed}");
        }
    }

    /// <summary>True for an object; a field that isn't known, or stands there twice, is noted.</summary>
    public bool IsObject(string path, JsonElement element, params ReadOnlySpan<string> known)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            Wrong(path, element.ToString(), "a JSON object");
            return false;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                Wrong(path, property.Name, $"the fields {string.Join(", ", known)}");
            }
            else if (!seen.Add(property.Name))
            {
                Wrong(path, property.Name, "each field once");
            }
        }

        return true;
    }

    public List<JsonElement> List(string path, JsonElement parent, string name, int most)
    {
        if (!parent.TryGetProperty(name, out var element) || element.ValueKind is not JsonValueKind.Array)
        {
            WrongField(path, parent, name, "a list");
            return [];
        }

        if (element.GetArrayLength() > most)
        {
            Wrong(path, string.Create(CultureInfo.InvariantCulture, $"a list of {element.GetArrayLength():N0}"), $"at most {most}");
            return [];
        }

        return [.. element.EnumerateArray()];
    }

    public string Text(string path, JsonElement parent, string name)
    {
        if (parent.TryGetProperty(name, out var element) && element.ValueKind is JsonValueKind.String && element.GetString() is { Length: > 0 and <= LongestText } text && PlainText.IsPlain(text))
        {
            return text;
        }

        WrongField(path, parent, name, $"a text of 1 to {LongestText} characters, without control characters");
        return "";
    }

    public string OptionalText(string path, JsonElement parent, string name) => parent.TryGetProperty(name, out _) ? Text(path, parent, name) : "";

    /// <summary>Small letters, digits and hyphens.</summary>
    public string Id(string path, JsonElement parent, string name)
    {
        if (parent.TryGetProperty(name, out var element) && element.ValueKind is JsonValueKind.String && element.GetString() is { Length: > 0 and <= LongestId } text
            && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-'))
        {
            return text;
        }

        WrongField(path, parent, name, $"1 to {LongestId} small letters, digits and hyphens");
        return "";
    }

    public string Cve(string path, JsonElement parent, string name)
    {
        if (parent.TryGetProperty(name, out var element) && element.ValueKind is JsonValueKind.String
            && element.GetString()!.Split('-') is ["CVE", { Length: 4 } year, { Length: >= 4 and <= 7 } number] && year.All(char.IsAsciiDigit) && number.All(char.IsAsciiDigit))
        {
            return element.GetString()!;
        }

        WrongField(path, parent, name, "CVE-YEAR-NUMBER, for example CVE-2025-59287");
        return "";
    }

    public string Update(string path, JsonElement element)
    {
        if (element.ValueKind is JsonValueKind.String && element.GetString() is { Length: >= 8 and <= 10 } text && text.StartsWith("KB", StringComparison.Ordinal) && text[2..].All(char.IsAsciiDigit))
        {
            return text;
        }

        Wrong(path, element.ToString(), "KB and 6 to 8 digits");
        return "";
    }

    public DateTimeOffset Day(string path, JsonElement parent, string name)
    {
        if (parent.TryGetProperty(name, out var element) && element.ValueKind is JsonValueKind.String
            && DateTime.TryParseExact(element.GetString(), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day)
            && day.Year is >= FirstYear and <= LastYear)
        {
            return new DateTimeOffset(day);
        }

        WrongField(path, parent, name, $"a day as {DayFormat}, in the years {FirstYear} to {LastYear}");
        return default;
    }

    /// <summary>1 to <paramref name="highest"/>; null where it is none, which is noted.</summary>
    public int? Number(string path, JsonElement parent, string name, int highest)
    {
        if (parent.TryGetProperty(name, out var element) && element.ValueKind is JsonValueKind.Number && element.TryGetInt32(out var number) && number >= 1 && number <= highest)
        {
            return number;
        }

        WrongField(path, parent, name, string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {highest}"));
        return null;
    }

    /// <summary>Null where it is absent.</summary>
    public double? Score(string path, JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out var element))
        {
            return null;
        }

        if (element.ValueKind is JsonValueKind.Number && element.TryGetDouble(out var score) && score is >= 0 and <= 10)
        {
            return score;
        }

        Wrong(path, element.ToString(), "a number from 0 to 10");
        return null;
    }

    public bool Flag(string path, JsonElement parent, string name)
    {
        if (parent.TryGetProperty(name, out var element) && element.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return element.GetBoolean();
        }

        WrongField(path, parent, name, "true, false");
        return false;
    }

    public Certainty Mark(string path, JsonElement parent, string name)
    {
        switch (parent.TryGetProperty(name, out var element) && element.ValueKind is JsonValueKind.String ? element.GetString() : null)
        {
            case "S": return Certainty.Sourced;
            case "X": return Certainty.Measured;
            case "M": return Certainty.FromMemory;
            case "I": return Certainty.Inferred;
            case "?": return Certainty.Unknown;
            default:
                WrongField(path, parent, name, "S (source), X (measured), M (memory), I (inferred), ? (not known)");
                return Certainty.Unknown;
        }
    }

    /// <summary>Notes what is there instead of a field, or that there is none.</summary>
    private void WrongField(string path, JsonElement parent, string name, string allowed)
    {
        if (parent.TryGetProperty(name, out var element))
        {
            Wrong(path, element.ToString(), allowed);
        }
        else
        {
            Missing(path, allowed);
        }
    }
}
