using System.Text.RegularExpressions;

namespace WsusDashboard.Agent.Doctor.Reports;

/// <summary>Takes secrets out of a text, whatever it is: the last guard, after files that hold secrets were not taken in the first place.</summary>
internal static partial class SecretRedaction
{
    public const string Mask = "***";

    public static string Apply(string text)
    {
        var redacted = KeyBlock().Replace(text, Mask);
        redacted = Assignment().Replace(redacted, "${name}" + Mask);
        redacted = Header().Replace(redacted, "${scheme} " + Mask);
        return UserInAddress().Replace(redacted, "://" + Mask + "@");
    }

    /// <summary>True where an option of this name holds a secret.</summary>
    public static bool IsSecretName(string name) => SecretName().IsMatch(name);

    [GeneratedRegex(@"-----BEGIN [A-Z ]+-----.*?(-----END [A-Z ]+-----|\z)", RegexOptions.Singleline)]
    private static partial Regex KeyBlock();

    [GeneratedRegex(@"(?<name>\b[\w-]*(password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)""?\s*[=:]\s*""?)(?<value>[^\s;,""'}]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\b(?<scheme>Bearer|Basic|Negotiate|NTLM)\s+[A-Za-z0-9+/=._~-]{8,}")]
    private static partial Regex Header();

    [GeneratedRegex(@"://[^/\s:@]+:[^/\s@]+@")]
    private static partial Regex UserInAddress();

    [GeneratedRegex(@"(password|secret|token|connectionstring|(?<!public)key)$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
