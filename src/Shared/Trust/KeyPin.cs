using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WsusDashboard.Shared.Trust;

/// <summary>Names a key: SHA-256 of its SubjectPublicKeyInfo (RFC 7469's pin) as 64 lower-case hexadecimal digits. A certificate may be renewed; the pin stays with the key.</summary>
public static class KeyPin
{
    /// <summary>Digits of a pin.</summary>
    public const int Length = 64;

    private const int ShownGroups = 4;
    private const int ShownGroupLength = 4;

    /// <summary>The pin of the key in a certificate.</summary>
    public static string Of(X509Certificate2 certificate) => Of(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>The pin of a SubjectPublicKeyInfo.</summary>
    public static string Of(ReadOnlySpan<byte> subjectPublicKeyInfo) => Convert.ToHexStringLower(SHA256.HashData(subjectPublicKeyInfo));

    /// <summary>True where the text has the form of a pin.</summary>
    public static bool IsPin(string? text) => text is { Length: Length } && text.All(digit => char.IsAsciiDigit(digit) || digit is >= 'a' and <= 'f');

    /// <summary>True where both name the same key; takes as long where they differ.</summary>
    public static bool AreSame(string? left, string? right) =>
        IsPin(left) && IsPin(right) && CryptographicOperations.FixedTimeEquals(Convert.FromHexString(left!), Convert.FromHexString(right!));

    /// <summary>For a person to compare: the first sixteen digits in groups, "3f2a 90b1 77c0 4d1e".</summary>
    public static string Shown(string pin) =>
        IsPin(pin) ? string.Join(' ', Enumerable.Range(0, ShownGroups).Select(group => pin.Substring(group * ShownGroupLength, ShownGroupLength))) : "unknown";
}
