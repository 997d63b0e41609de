using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Posture.Verdicts;

/// <summary>The certificate that WSUS's site shows.</summary>
internal static class CertificateRules
{
    private const int Told = 30;
    private const int Close = 7;

    public static IEnumerable<PostureFinding> Assess(PostureContext context)
    {
        var site = context.Facts.Site;
        if (!context.HasSite || !TlsRules.HasTls(site))
        {
            yield break;
        }

        if (site.Certificate is not { NotAfter: { } notAfter } certificate)
        {
            yield return PostureContext.CannotSay(PostureFindingIds.CertificateUnread, PostureKind.Certificate, "Certificate not read", site.CertificateProblem.Length > 0 ? site.CertificateProblem : "the agent hasn't read it yet",
                "Look at the site's https binding in IIS Manager.");
            yield break;
        }

        var shown = new PostureEvidence("Certificate", $"{certificate.Subject}, until {PostureContext.Day(notAfter)}", $"TLS handshake with {certificate.AskedName}:{certificate.Port}", site.ReadAt);
        var names = new PostureEvidence("Its names", Names(certificate), "Certificate", site.ReadAt);
        var days = (notAfter - context.Now).TotalDays;
        if (days <= Told)
        {
            yield return Found(PostureFindingIds.CertificateEnds, days <= Close ? PostureSeverity.Critical : PostureSeverity.Warning,
                days < 0 ? $"Certificate expired on {PostureContext.Day(notAfter)}" : $"Certificate ends in {Wording.Count((long)Math.Ceiling(days), "day")}",
                "From then on clients, downstream servers and Configuration Manager can't reach WSUS over TLS.",
                "Renew the certificate, bind the new one to the site, and check that it has the same names.", shown, names) with
            { Date = notAfter };
        }

        if (certificate.IsForAnotherName)
        {
            yield return Found(PostureFindingIds.CertificateName, PostureSeverity.Warning, "Certificate is for another name", $"Clients that ask for {certificate.AskedName} refuse it.",
                $"Bind a certificate that names {certificate.AskedName}, the short name and every alias, or run wsusutil configuressl with a name that it has.", shown, names);
        }

        if (certificate.ChainProblems.Count > 0 && days >= 0)
        {
            yield return Found(PostureFindingIds.CertificateNotTrusted, PostureSeverity.Warning, "Certificate isn't trusted here", "Whoever doesn't trust its issuer refuses it; a client that knows the issuer takes it all the same.",
                "Install the issuer's certificate in the computer's store \"Trusted Root Certification Authorities\", on this server and on the clients.", shown, new PostureEvidence("What the check says", string.Join("; ", certificate.ChainProblems), "This server's own check, offline", site.ReadAt));
        }
    }

    private static string Names(SiteCertificate certificate) => certificate.NameCount == 0 ? "none"
        : certificate.NameCount > certificate.Names.Count ? $"{string.Join(", ", certificate.Names)} and {certificate.NameCount - certificate.Names.Count} more"
        : string.Join(", ", certificate.Names);

    private static PostureFinding Found(string id, PostureSeverity severity, string title, string allows, string mends, params PostureEvidence[] evidence) => new()
    {
        Id = id,
        Kind = PostureKind.Certificate,
        Severity = severity,
        Title = title,
        Allows = allows,
        Mends = mends,
        Evidence = [.. evidence],
        Source = Sources.BestPractices,
        Certainty = Certainty.Sourced,
    };
}
