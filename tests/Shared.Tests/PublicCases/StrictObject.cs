using System.Text.Json;

namespace WsusDashboard.Shared.Tests.PublicCases;

/// <summary>A JSON object that has exactly the fields it is asked for: a misspelt one is an error, never a case that tests something else. Errors name the file, the case and the field.</summary>
internal sealed class StrictObject
{
    private readonly JsonElement _element;
    private readonly string _place;
    private readonly HashSet<string> _asked = [];

    public StrictObject(JsonElement element, string place)
    {
        _place = place;
        _element = element.ValueKind is JsonValueKind.Object ? element : throw new FormatException($"{place}: is {element.ValueKind}, allowed is an object.");
    }

    /// <summary>A text; without a default the field is required.</summary>
    public string Text(string field, string? absent = null) => Find(field, JsonValueKind.String, absent is null)?.GetString() ?? absent!;

    /// <summary>A text out of a list.</summary>
    public string OneOf(string field, IReadOnlyCollection<string> allowed, string? absent = null)
    {
        var value = Text(field, absent);

        return allowed.Contains(value) || value == absent ? value : throw Wrong(field, value, string.Join(", ", allowed));
    }

    public double Number(string field) => Find(field, JsonValueKind.Number, isRequired: true)!.Value.GetDouble();

    /// <summary>A whole number within a range; null where the field is absent.</summary>
    public long? Whole(string field, long lowest, long highest) =>
        Find(field, JsonValueKind.Number, isRequired: false) is not { } value ? null
        : value.TryGetInt64(out var number) && number >= lowest && number <= highest ? number
        : throw Wrong(field, value.GetRawText(), $"a whole number from {lowest} to {highest}");

    /// <summary>A number; null where the field is absent.</summary>
    public double? NumberOrNull(string field) => Find(field, JsonValueKind.Number, isRequired: false)?.GetDouble();

    public bool? Truth(string field) => Find(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Wrong(field, other.GetRawText(), "true, false"),
    };

    /// <summary>An object; null where the field is absent.</summary>
    public StrictObject? Object(string field) => Find(field, JsonValueKind.Object, isRequired: false) is { } value ? new StrictObject(value, $"{_place}, {field}") : null;

    public IReadOnlyList<StrictObject> Objects(string field) =>
        Find(field, JsonValueKind.Array, isRequired: false) is { } array ? [.. array.EnumerateArray().Select((item, index) => new StrictObject(item, $"{_place}, {field}[{index}]"))] : [];

    public IReadOnlyList<string> Texts(string field) => Find(field, JsonValueKind.Array, isRequired: false) is { } array
        ? [.. array.EnumerateArray().Select(item => item.ValueKind is JsonValueKind.String ? item.GetString()! : throw Wrong(field, item.GetRawText(), "texts"))]
        : [];

    /// <summary>Every field was asked for.</summary>
    public void End()
    {
        if (_element.EnumerateObject().Select(property => property.Name).FirstOrDefault(name => !_asked.Contains(name)) is { } unknown)
        {
            throw new FormatException($"{_place}: field \"{unknown}\" isn't known. Allowed: {string.Join(", ", _asked.Order(StringComparer.Ordinal))}.");
        }
    }

    public FormatException Wrong(string field, string value, string allowed) => new($"{_place}: field \"{field}\" is \"{value}\". Allowed: {allowed}.");

    private JsonElement? Find(string field)
    {
        _asked.Add(field);

        return _element.TryGetProperty(field, out var value) ? value : null;
    }

    private JsonElement? Find(string field, JsonValueKind kind, bool isRequired) => Find(field) switch
    {
        null when isRequired => throw new FormatException($"{_place}: field \"{field}\" is missing."),
        null => null,
        { } value when value.ValueKind == kind => value,
        { } value => throw Wrong(field, value.GetRawText(), kind.ToString()),
    };
}
