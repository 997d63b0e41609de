using WsusDashboard.Shared.Errors;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>What errors have in common, in a few words.</summary>
internal static class SignLabels
{
    public static string Of(string sign) => Enum.TryParse<FailureSign>(sign, out var known) ? Of(known) : sign;

    private static string Of(FailureSign sign) => sign switch
    {
        FailureSign.NameResolution => "name not resolved",
        FailureSign.ConnectionRefused => "connection refused",
        FailureSign.ConnectionReset => "connection cut",
        FailureSign.TimedOut => "timed out",
        FailureSign.Untrusted => "certificate not trusted",
        FailureSign.NoCommonTls => "no common TLS version",
        FailureSign.Unreachable => "no route",
        FailureSign.SecureChannel => "no TLS connection",
        FailureSign.Http500 => "HTTP 500",
        FailureSign.Http502 => "HTTP 502",
        FailureSign.Http503 => "HTTP 503",
        FailureSign.Http504 => "HTTP 504",
        _ => sign.ToString(),
    };
}
