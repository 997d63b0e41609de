using System.Buffers;
using WsusDashboard.Iis.Emulation.Text;

namespace WsusDashboard.Iis.Emulation.Schema;

/// <summary>A string, with the character rules that the schema's own comment spells out.</summary>
internal sealed class TextRule(string validationType = "") : ValueRule
{
    private static readonly SearchValues<char> NotInPoolNames = SearchValues.Create("|<>&\"/\\[]+=;:,?*@");
    private static readonly SearchValues<char> NotInSiteNames = SearchValues.Create("/?");

    public override string TypeName => "string";

    public override string ValidationType => validationType;

    public override string Allowed => validationType switch
    {
        "applicationPoolName" => "a text without any of |<>&\"/\\[]+=;:,?*@",
        "siteName" => "a text without / and ?",
        "applicationPath" or "virtualDirectoryPath" => "a path that begins with /, does not end with / (except / itself) and has no segment . or ..",
        "nonEmptyString" => "a text that is not empty",
        _ => "a text of characters that XML can hold",
    };

    public override object? Parse(string text)
    {
        var isAllowed = XmlCharacters.CanBeWritten(text) && validationType switch
        {
            "applicationPoolName" => !text.AsSpan().ContainsAny(NotInPoolNames),
            "siteName" => !text.AsSpan().ContainsAny(NotInSiteNames),
            "applicationPath" or "virtualDirectoryPath" => IsPath(text),
            "nonEmptyString" => text.Length > 0,
            _ => true,
        };
        return isAllowed ? text : null;
    }

    public override object? Accept(object value) => value is string text ? Parse(text) : null;

    public override string Format(object value) => (string)value;

    private static bool IsPath(string text) =>
        text == "/" || (text.StartsWith('/') && !text.EndsWith('/') && !text.Split('/').Any(segment => segment is "." or ".."));
}
