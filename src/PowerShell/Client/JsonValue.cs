using System.Globalization;
using System.Runtime.Serialization.Json;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace WsusDashboard.PowerShell.Client;

/// <summary>
/// A value of a JSON text; immutable. Windows PowerShell 5.1 has no System.Text.Json, and a copy of it in the module would clash with that of other modules, so it's read with the reader that is part of
/// both .NET Framework and .NET: it shows JSON as XML, with the type of a value as an attribute. Members that aren't there are null values, so an older dashboard's answer can be read too.
/// </summary>
internal sealed class JsonValue
{
    private const int MaximumDepth = 64;
    private static readonly JsonValue Nothing = new(null);
    private readonly XElement? _element;

    private JsonValue(XElement? element) => _element = element;

    public bool IsNull => _element is null || TypeOf(_element) == "null";

    public bool IsObject => _element is not null && TypeOf(_element) == "object";

    public bool IsArray => _element is not null && TypeOf(_element) == "array";

    /// <summary>The members of an object by name; the values of an array with the name "item".</summary>
    public IEnumerable<KeyValuePair<string, JsonValue>> Members => _element is null ? [] : _element.Elements().Select(child => new KeyValuePair<string, JsonValue>(NameOf(child), new(child)));

    public IEnumerable<JsonValue> Items => IsArray ? _element!.Elements().Select(child => new JsonValue(child)) : [];

    /// <summary>A text, or a number as a text; empty where there is none. Control characters are replaced: a terminal would obey them.</summary>
    public string Text => IsNull ? "" : Printable(_element!.Value);

    public string? OptionalText => IsNull ? null : Text;

    public bool IsTrue => !IsNull && _element!.Value == "true";

    public long? Number => !IsNull && long.TryParse(_element!.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public double? Fraction => !IsNull && double.TryParse(_element!.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    public int Count => Number is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : 0;

    /// <summary>A time, in the time zone of this computer.</summary>
    public DateTimeOffset? Time => !IsNull && DateTimeOffset.TryParse(_element!.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToLocalTime() : null;

    public TimeSpan? Duration => !IsNull && TimeSpan.TryParse(_element!.Value, CultureInfo.InvariantCulture, out var duration) ? duration : null;

    public JsonValue this[string name] => _element?.Elements().FirstOrDefault(child => NameOf(child) == name) is { } found ? new(found) : Nothing;

    /// <summary>Reads a JSON text in UTF-8.</summary>
    /// <exception cref="FormatException">It isn't JSON, or is nested too deep.</exception>
    public static JsonValue Read(byte[] json)
    {
        if (json.Length == 0)
        {
            return Nothing;
        }

        // The size was limited on arrival; what is limited here is the depth.
        var quotas = new XmlDictionaryReaderQuotas
        {
            MaxDepth = MaximumDepth,
            MaxArrayLength = int.MaxValue,
            MaxBytesPerRead = int.MaxValue,
            MaxNameTableCharCount = int.MaxValue,
            MaxStringContentLength = int.MaxValue,
        };
        try
        {
            using var reader = JsonReaderWriterFactory.CreateJsonReader(json, quotas);
            return new(XElement.Load(reader));
        }
        catch (Exception exception) when (exception is XmlException or InvalidOperationException or ArgumentException or DecoderFallbackException)
        {
            throw new FormatException("It isn't JSON.", exception);
        }
    }

    public string[] Texts() => [.. Items.Select(item => item.Text)];

    public T[] Select<T>(Func<JsonValue, T> convert) => [.. Items.Select(convert)];

    private static string TypeOf(XElement element) => (string?)element.Attribute("type") ?? "string";

    /// <summary>A name that XML doesn't allow stands in an attribute.</summary>
    private static string NameOf(XElement element) => (string?)element.Attribute("item") ?? element.Name.LocalName;

    private static string Printable(string text) =>
        text.Any(IsControl) ? new string([.. text.Select(character => IsControl(character) ? '\uFFFD' : character)]) : text;

    private static bool IsControl(char character) => char.IsControl(character) && character is not ('\n' or '\r' or '\t');
}
