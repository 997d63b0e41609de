using System.Text;

namespace WsusDashboard.Iis.Emulation.Text;

/// <summary>An attribute with the white space and the quotes that it was written with.</summary>
/// <param name="leading">White space before the name.</param>
/// <param name="name">The name as written.</param>
/// <param name="assignment">The equals sign with white space around it.</param>
/// <param name="quote">The quote around the value.</param>
/// <param name="rawValue">The value as written, with references.</param>
/// <param name="position">Where the name begins; null where the attribute was not read from the file.</param>
internal sealed class XmlTextAttribute(string leading, string name, string assignment, char quote, string rawValue, TextPosition? position)
{
    private string _rawValue = rawValue;

    public string Leading => leading;

    public string Name => name;

    public char Quote => quote;

    public TextPosition? Position => position;

    public string Value
    {
        get => XmlCharacters.Unescape(_rawValue);
        set => _rawValue = XmlCharacters.Escape(value, quote);
    }

    public void WriteTo(StringBuilder output) =>
        output.Append(leading).Append(name).Append(assignment).Append(quote).Append(_rawValue).Append(quote);
}
