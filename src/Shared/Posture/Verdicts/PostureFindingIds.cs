namespace WsusDashboard.Shared.Posture.Verdicts;

/// <summary>The ids of findings about a server's posture; those about a vulnerability or a product are made of its name.</summary>
public static class PostureFindingIds
{
    public const string NotRead = "posture-not-read";
    public const string Stale = "posture-stale";
    public const string TableUnusable = "table-unusable";
    public const string TableFileUnusable = "table-file-unusable";

    public const string WindowsUnread = "windows-unread";
    public const string WindowsUnknown = "windows-unknown";
    public const string RevisionUnread = "windows-revision-unread";
    public const string SqlServerUnknown = "sql-server-unknown";
    public const string ConfigurationManagerUnknown = "configmgr-unknown";
    public const string ProductsUnread = "products-unread";

    public const string TlsOff = "tls-off";
    public const string TlsNotRequired = "tls-not-required";
    public const string TlsRequiredForContent = "tls-required-for-content";
    public const string TlsClientCertificate = "tls-client-certificate";
    public const string TlsNotSetUp = "tls-not-set-up";
    public const string TlsWithoutHttp = "tls-without-http";
    public const string DirectoriesUnread = "tls-directories-unread";
    public const string OldProtocols = "tls-1-2-off";
    public const string WeakDotNet = "dotnet-strong-crypto-off";
    public const string ProtocolsUnread = "protocols-unread";
    public const string SiteUnread = "site-unread";

    public const string CertificateEnds = "certificate-ends";
    public const string CertificateName = "certificate-name";
    public const string CertificateNotTrusted = "certificate-not-trusted";
    public const string CertificateUnread = "certificate-unread";

    public const string FirewallOpen = "firewall-open";
    public const string FirewallOff = "firewall-off";
    public const string FirewallUnread = "firewall-unread";
    public const string PoolIdentity = "pool-identity";
    public const string DatabaseNotEncrypted = "susdb-not-encrypted";
    public const string RoleNotSetUp = "role-not-set-up";
    public const string RoleUnused = "role-unused";
    public const string RoleUnread = "role-unread";

    public const string CompromiseSign = "compromise-sign";
    public const string SignsUnread = "signs-unread";
    public const string SignEventsUnread = "sign-events-unread";

    public const string MimeMissing = "mime-missing";
    public const string MimeTwice = "mime-twice";
    public const string MimeUnread = "mime-unread";
    public const string ContentSpace = "content-space";
    public const string DriversSelected = "drivers-selected";
    public const string AllLanguages = "all-languages";
    public const string SelectionUnread = "selection-unread";
    public const string UupUnread = "uup-unread";

    /// <summary>"cve-2025-59287".</summary>
    public static string Vulnerability(string cve) => cve.ToLowerInvariant();

    /// <summary>"end-of-life-windows-server-2016".</summary>
    public static string EndOfLife(string productId) => $"end-of-life-{productId}";
}
