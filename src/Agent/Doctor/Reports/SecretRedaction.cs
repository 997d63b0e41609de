using System.Text.RegularExpressions;

namespace WsusDashboard.Agent.Doctor.Reports;

/// <summary>Takes secrets out of a text, whatever it is: the last guard, after files that hold secrets were not taken in the first place.</summary>
internal static partial class SecretRedaction
{
    public const string Mask = "***";

    private static readonly string[] SecretEndings = ["password", "secret", "token", "connectionstring", "key"];

    public static string Apply(string text)
    {
        var redacted = KeyBlock().Replace(text, Mask);
        redacted = Assignment().Replace(redacted, "${name}" + Mask);
        redacted = Header().Replace(redacted, "${scheme} " + Mask);
        return UserInAddress().Replace(redacted, "://" + Mask + "@");
    }

    /// <summary>True where an option of this name holds a secret.</summary>
    public static bool IsSecretName(string name) =>
        SecretEndings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) && !name.EndsWith("publickey", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"-----BEGIN [A-Z ]+-----.*?(-----END [A-Z ]+-----|\z)", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex KeyBlock();

    [GeneratedRegex(@"(?<name>\b[\w-]*(password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)""?\s*[=:]\s*""?)(?<value>[^\s;,""'}]+)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\b(?<scheme>Bearer|Basic|Negotiate|NTLM)\s+[A-Za-z0-9+/=._~-]{8,}", RegexOptions.NonBacktracking)]
    private static partial Regex Header();

    [GeneratedRegex(@"://[^/\s:@]+:[^/\s@]+@", RegexOptions.NonBacktracking)]
    private static partial Regex UserInAddress();
}
