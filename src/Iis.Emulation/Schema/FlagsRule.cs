using System.Globalization;

namespace WsusDashboard.Iis.Emulation.Schema;

/// <summary>A set of flags; the file has the names with commas between them, the API their sum.</summary>
internal sealed class FlagsRule(params (string Name, int Value)[] names) : ValueRule
{
    public IReadOnlyList<(string Name, int Value)> Names => names;

    public override string TypeName => "flags";

    public override string Allowed => "none, or any of " + string.Join(", ", names.Select(name => name.Name)) + ", separated by commas";

    public override object? Parse(string text)
    {
        var sum = 0;
        foreach (var written in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var index = Array.FindIndex(names, name => string.Equals(name.Name, written, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                // An empty attribute is the empty set; an empty place between commas is a mistake.
                return text.Trim().Length == 0 ? 0 : null;
            }

            sum |= names[index].Value;
        }

        return sum;
    }

    public override object? Accept(object value) => value switch
    {
        string text => Parse(text),
        int number => Known(number),
        Enum member => Known(Convert.ToInt32(member, CultureInfo.InvariantCulture)),
        _ => null,
    };

    public override string Format(object value) => string.Join(", ", names.Where(name => ((int)value & name.Value) != 0).Select(name => name.Name));

    private int? Known(int number) => (number & ~names.Sum(name => name.Value)) == 0 ? number : null;
}
