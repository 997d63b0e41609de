using System.Text.Json;
using WsusDashboard.Dashboard.Features;

namespace WsusDashboard.Dashboard.Api;

/// <summary>A JSON object of a request, read strictly: an unknown field, a wrong type, a value that is not allowed is an error of that field; all at once.</summary>
internal sealed class StrictBody
{
    private const int MaximumBytes = 64 * 1024;

    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];
    private readonly List<FieldError> _errors = [];

    /// <summary>The body; where it is no JSON object, the failure says where it breaks.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isOptional">True where no body at all is an empty object.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<Outcome<StrictBody>> ReadAsync(HttpRequest request, bool isOptional, CancellationToken cancellationToken)
    {
        var bytes = await ReadBytesAsync(request, cancellationToken);
        if (bytes is null)
        {
            return Invalid.Of("body", $"The body is longer than {MaximumBytes} bytes.");
        }

        if (bytes.Length == 0)
        {
            return isOptional ? new StrictBody() : Invalid.Of("body", "The body is missing; a JSON object is expected.");
        }

        if (!request.HasJsonContentType())
        {
            return Invalid.Of("Content-Type", $"\"{request.ContentType}\" cannot be read; allowed is application/json.");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            CheckTexts(document.RootElement);
            return Read(document.RootElement);
        }
        catch (InvalidOperationException)
        {
            // Its form is JSON, but a name or a text in it is not UTF-8, or holds half a character.
            return Invalid.Of("body", "The body holds text that is not valid UTF-8; a JSON object in UTF-8 is expected.");
        }
        catch (JsonException exception)
        {
            return Invalid.Of("body", $"The body is no JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}).");
        }
    }

    /// <summary>A text; null where it is absent or wrong.</summary>
    public string? Text(string name, int maximumLength, bool isRequired = false, IReadOnlyList<string>? allowed = null)
    {
        _known.Add(name);
        if (!_fields.TryGetValue(name, out var element) || element.ValueKind == JsonValueKind.Null)
        {
            if (isRequired)
            {
                _errors.Add(new(name, $"\"{name}\" is missing{AllowedText(allowed)}."));
            }

            return null;
        }

        if (element.ValueKind != JsonValueKind.String)
        {
            _errors.Add(new(name, $"\"{name}\" is {Describe(element)}; a text is expected{AllowedText(allowed)}."));
            return null;
        }

        var text = element.GetString()!;
        if (text.Length > maximumLength)
        {
            _errors.Add(new(name, $"\"{name}\" has {text.Length} characters; allowed are at most {maximumLength}."));
            return null;
        }

        if (allowed is not null && !allowed.Contains(text))
        {
            _errors.Add(new(name, $"\"{text}\" is not allowed for \"{name}\"{AllowedText(allowed)}."));
            return null;
        }

        return text;
    }

    /// <summary>A list of whole numbers from 1; empty where it is absent or wrong.</summary>
    public IReadOnlyList<int> Numbers(string name, int maximumCount)
    {
        _known.Add(name);
        if (!_fields.TryGetValue(name, out var element) || element.ValueKind != JsonValueKind.Array)
        {
            _errors.Add(new(name, $"\"{name}\" is {(_fields.ContainsKey(name) ? Describe(element) : "missing")}; a list of whole numbers is expected."));
            return [];
        }

        var numbers = new List<int>();
        foreach (var entry in element.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Number || !entry.TryGetInt32(out var number) || number < 1 || numbers.Count >= maximumCount)
            {
                _errors.Add(new(name, $"\"{name}\" must hold at most {maximumCount} whole numbers from 1."));
                return [];
            }

            numbers.Add(number);
        }

        return numbers;
    }

    /// <summary>The errors of all that was read, and of fields that nobody asked for; null where there are none.</summary>
    /// <param name="ofFeature">What the feature says about the same fields; heard only where the field itself could be read.</param>
    public Invalid? Check(IReadOnlyList<FieldError>? ofFeature = null)
    {
        var unknown = _fields.Keys.Where(name => !_known.Contains(name))
            .Select(name => new FieldError(name, $"There is no field \"{name}\"; allowed are {string.Join(", ", _known)}."));
        var further = (ofFeature ?? []).Where(error => !_errors.Exists(known => known.Field == error.Field));
        List<FieldError> errors = [.. _errors, .. further, .. unknown];
        return errors.Count == 0 ? null : Invalid.Of(errors);
    }

    /// <summary>Reads every name and text once, so that whoever asks for one later gets one.</summary>
    private static void CheckTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    CheckTexts(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    CheckTexts(property.Value);
                }

                break;
            default:
                break;
        }
    }

    private static Outcome<StrictBody> Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return Invalid.Of("body", $"The body is {Describe(root)}; a JSON object is expected.");
        }

        var body = new StrictBody();
        foreach (var property in root.EnumerateObject())
        {
            if (!body._fields.TryAdd(property.Name, property.Value.Clone()))
            {
                return Invalid.Of(property.Name, $"\"{property.Name}\" is there twice.");
            }
        }

        return body;
    }

    /// <summary>Null where it is too long.</summary>
    private static async Task<byte[]?> ReadBytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[8192];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > MaximumBytes)
            {
                return null;
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private static string AllowedText(IReadOnlyList<string>? allowed) => allowed is null ? "" : $"; allowed are {string.Join(", ", allowed)}";

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a text",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.Null or JsonValueKind.Undefined => "null",
        _ => throw new ArgumentOutOfRangeException(nameof(element), element.ValueKind, null),
    };
}
