using System.Text.Json;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Security.Policy;

/// <summary>The fields of policy.json, checked before they are read: each is known, given once and of its kind, so that a mistake is named in the file's own words.</summary>
internal static class PolicyFields
{
    private const int LongestShown = 80;

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private static readonly Dictionary<string, Kind> Rate = new(StringComparer.OrdinalIgnoreCase)
    {
        ["repairsPerDay"] = Kind.Number,
        ["poolCommandsPerHour"] = Kind.Number,
        ["serviceCommandsPerHour"] = Kind.Number,
        ["syncCommandsPerHour"] = Kind.Number,
        ["iisRestartsPerDay"] = Kind.Number,
    };

    private static readonly Dictionary<string, Kind> Hours = new(StringComparer.OrdinalIgnoreCase)
    {
        ["days"] = Kind.Texts,
        ["from"] = Kind.Text,
        ["to"] = Kind.Text,
    };

    private static readonly Dictionary<string, Kind> Policy = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mode"] = Kind.Text,
        ["allowedServices"] = Kind.Texts,
        ["allowedPools"] = Kind.Texts,
        ["allowedPlaybooks"] = Kind.Texts,
        ["hours"] = Kind.Hours,
        ["keepAnyway"] = Kind.Flag,

        // Looked at where it is read: true, false, or a list of what is known.
        ["needsLocalApproval"] = Kind.Any,
        ["rate"] = Kind.Rate,
    };

    private enum Kind
    {
        Any = 0,
        Text = 1,
        Texts = 2,
        Flag = 3,
        Number = 4,
        Hours = 5,
        Span = 6,
        Rate = 7,
    }

    /// <exception cref="JsonException">Something is wrong; the message says what and where.</exception>
    public static void Check(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Lenient);
            CheckObject("", document.RootElement, Policy, "a JSON object such as { \"mode\": \"restart\" }");
        }
        catch (JsonException exception) when (exception.LineNumber is not null)
        {
            throw new JsonException(JsonMistake.Describe(exception), exception);
        }
        catch (InvalidOperationException exception)
        {
            // Its form is JSON, but a name or a text in it holds half a character.
            throw new JsonException("it contains a text that isn't valid Unicode", exception);
        }
    }

    private static void CheckObject(string path, JsonElement element, Dictionary<string, Kind> fields, string expected)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(path.Length == 0 ? "the file" : path, element, expected);
        }

        HashSet<string> given = new(StringComparer.OrdinalIgnoreCase);
        foreach (var property in element.EnumerateObject())
        {
            var name = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (!fields.TryGetValue(property.Name, out var kind))
            {
                throw new JsonException($"there is no field \"{Shown(name)}\"; allowed: {string.Join(", ", fields.Keys)}");
            }

            // The last one would count, and who reads the first would take the policy for narrower than it is.
            if (!given.Add(property.Name))
            {
                throw new JsonException($"{name} is given twice; allowed: once");
            }

            if (property.Value.ValueKind != JsonValueKind.Null)
            {
                CheckValue(name, property.Value, kind);
            }
        }
    }

    private static void CheckValue(string name, JsonElement value, Kind kind)
    {
        // Half a character fails here, and not where the text is used.
        _ = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        switch (kind)
        {
            case Kind.Any when value.ValueKind == JsonValueKind.Array:
                CheckList(name, value, Kind.Any, "");
                break;
            case Kind.Texts:
                CheckList(name, value, Kind.Text, "a list of texts such as [\"WsusPool\"]");
                break;
            case Kind.Hours:
                CheckList(name, value, Kind.Span, "a list such as [{ \"from\": \"22:00\", \"to\": \"06:00\" }]");
                break;
            case Kind.Span:
                CheckObject(name, value, Hours, "a JSON object such as { \"from\": \"22:00\", \"to\": \"06:00\" }");
                break;
            case Kind.Rate:
                CheckObject(name, value, Rate, "a JSON object such as { \"repairsPerDay\": 4 }");
                break;
            case Kind.Text when value.ValueKind != JsonValueKind.String:
                throw Wrong(name, value, "a text in quotation marks");
            case Kind.Flag when value.ValueKind is not (JsonValueKind.True or JsonValueKind.False):
                throw Wrong(name, value, "true or false");
            case Kind.Number when value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out _):
                throw Wrong(name, value, $"a whole number from 0 to {PolicyRate.Maximum}");
        }
    }

    private static void CheckList(string name, JsonElement value, Kind kind, string expected)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(name, value, expected);
        }

        foreach (var item in value.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Null))
        {
            CheckValue(name, item, kind);
        }
    }

    private static JsonException Wrong(string name, JsonElement value, string expected) => new($"{name} is {Shown(value.GetRawText())}; allowed: {expected}");

    private static string Shown(string text) => text.Length > LongestShown ? text[..LongestShown] + "…" : text;
}
