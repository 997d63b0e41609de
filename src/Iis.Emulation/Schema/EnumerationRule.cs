using System.Globalization;

namespace WsusDashboard.Iis.Emulation.Schema;

/// <summary>An enum of the schema; the file has the name, the API the number.</summary>
internal sealed class EnumerationRule(params (string Name, int Value)[] names) : ValueRule
{
    public IReadOnlyList<(string Name, int Value)> Names => names;

    public override string TypeName => "enum";

    public override string Allowed => "one of " + string.Join(", ", names.Select(name => name.Name));

    public override object? Parse(string text)
    {
        var index = Array.FindIndex(names, name => string.Equals(name.Name, text, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : names[index].Value;
    }

    public override object? Accept(object value) => value switch
    {
        string text => Parse(text),
        int number => Known(number),
        Enum member => Known(Convert.ToInt32(member, CultureInfo.InvariantCulture)),
        _ => null,
    };

    public override string Format(object value) => names.First(name => name.Value == (int)value).Name;

    private int? Known(int number) => Array.Exists(names, name => name.Value == number) ? number : null;
}
