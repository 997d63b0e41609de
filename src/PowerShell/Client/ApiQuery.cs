using System.Globalization;
using System.Text;

namespace WsusDashboard.PowerShell.Client;

/// <summary>The part of an address after the question mark. Values that are null are left out.</summary>
internal sealed class ApiQuery
{
    private readonly StringBuilder _text = new();

    public ApiQuery Add(string name, string? value)
    {
        if (value is not null)
        {
            _text.Append(_text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return this;
    }

    public ApiQuery Add(string name, long? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public ApiQuery Add(string name, bool? value) => Add(name, value switch { true => "true", false => "false", null => null });

    public ApiQuery Add(string name, DateTimeOffset? value) => Add(name, value is { } time ? Format(time) : null);

    /// <summary>A word of the API: the name in camel case.</summary>
    public ApiQuery Add(string name, Enum? value) => Add(name, value is null ? null : ToWord(value));

    public override string ToString() => _text.ToString();

    internal static string ToWord(Enum value)
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name.Substring(1);
    }

    internal static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
