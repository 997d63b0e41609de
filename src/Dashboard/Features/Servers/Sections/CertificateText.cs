using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Servers.Sections;

/// <summary>A certificate of WSUS, as a page says it.</summary>
internal static class CertificateText
{
    /// <summary>As the rule: from here on it is worth a look.</summary>
    private static readonly TimeSpan SoonOver = TimeSpan.FromDays(30);

    public static bool NeedsSomeone(ProbeCertificate certificate, DateTimeOffset now) => certificate.Problem is not CertificateProblem.None || certificate.NotAfter - now < SoonOver;

    /// <summary>"expires in 12 days", "expired".</summary>
    public static string Of(ProbeCertificate certificate, DateTimeOffset now)
    {
        var days = certificate.NotAfter > now ? $"in {Wording.Count((long)Math.Ceiling((certificate.NotAfter - now).TotalDays), "day")}" : "";
        return certificate.Problem switch
        {
            CertificateProblem.Expired => "expired",
            CertificateProblem.NotYetValid => "not valid yet",
            CertificateProblem.WrongName => $"expires {days}, for another name",
            CertificateProblem.NotTrusted => $"expires {days}, not trusted here",
            _ => $"expires {days}",
        };
    }
}
