using System.Buffers;
using System.Xml;

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
        "applicationPoolName" => "text without any of |<>&\"/\\[]+=;:,?*@",
        "siteName" => "text without / or ?",
        "applicationPath" or "virtualDirectoryPath" => "a path that starts with /, doesn't end with / (except / itself) and has no . or .. segment",
        "nonEmptyString" => "text that isn't empty",
        _ => "text that XML can hold",
    };

    public override object? Parse(string text)
    {
        var isAllowed = CanBeWritten(text) && validationType switch
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

    /// <summary>False for most control characters and half of a surrogate pair: XML can't hold them, even as a reference.</summary>
    private static bool CanBeWritten(string text)
    {
        try
        {
            XmlConvert.VerifyXmlChars(text);
            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }

    private static bool IsPath(string text) =>
        text == "/" || (text.StartsWith('/') && !text.EndsWith('/') && !text.Split('/').Any(segment => segment is "." or ".."));
}
