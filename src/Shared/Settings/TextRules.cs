using System.ComponentModel.DataAnnotations;
using System.Net;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Settings;

/// <summary>A rule for an option that is a text; the error message says what is allowed.</summary>
public abstract class TextRuleAttribute : ValidationAttribute
{
    protected TextRuleAttribute(string allowed) => ErrorMessage = allowed;

    public sealed override bool IsValid(object? value) => value is string text && Takes(text);

    protected abstract bool Takes(string text);
}

/// <summary>At most so many printable characters.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PrintableTextAttribute(int minimumLength, int maximumLength) : TextRuleAttribute($"{minimumLength} to {maximumLength} printable characters")
{
    public int MinimumLength { get; } = minimumLength;

    public int MaximumLength { get; } = maximumLength;

    protected override bool Takes(string text) => text.Length >= MinimumLength && text.Length <= MaximumLength && PlainText.IsPlain(text);
}

/// <summary>An IP address without port.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListenAddressAttribute() : TextRuleAttribute("an IP address of this computer; 0.0.0.0 or :: for all of them, 127.0.0.1 or ::1 for this computer only")
{
    protected override bool Takes(string text) => IPAddress.TryParse(text, out _);
}

/// <summary>A host name or an address without port, or nothing.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HostNameAttribute() : TextRuleAttribute("a host name or an IP address, without port; or empty")
{
    protected override bool Takes(string text) => text.Length == 0 || Uri.CheckHostName(text) != UriHostNameType.Unknown;
}

/// <summary>SERVER, SERVER\INSTANCE or SERVER,PORT, or nothing: no more of a connection string.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SqlServerNameAttribute() : TextRuleAttribute(@"SERVER, SERVER\INSTANCE or SERVER,PORT; or empty")
{
    private const int MaximumLength = 255;

    protected override bool Takes(string text) => text.Length <= MaximumLength && text.IndexOfAny([';', '=', '"', '\'']) < 0 && !text.Any(char.IsControl);
}

/// <summary>A path without the characters that no path may have, or nothing.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LocalPathAttribute() : TextRuleAttribute("a path on this computer; or empty")
{
    protected override bool Takes(string text) => text.IndexOfAny(Path.GetInvalidPathChars()) < 0;
}

/// <summary>The address of an HTTP proxy without anything behind its port, or nothing.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ProxyAddressAttribute() : TextRuleAttribute("http://HOST:PORT; or empty")
{
    protected override bool Takes(string text) => text.Length == 0
        || (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp && address is { UserInfo: "", PathAndQuery: "/", Fragment: "" });
}
