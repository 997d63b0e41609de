namespace WsusDashboard.Shared.Snapshots;

/// <summary>A directory of WSUS's site, and whom IIS lets in there (care.md, section 2).</summary>
public sealed record WebDirectory
{
    /// <summary>Its path below the site, without slashes at its ends: "ApiRemoting30", "ClientWebService", "Content".</summary>
    public required string Name { get; init; }

    /// <summary>system.webServer/security/access@sslFlags has Ssl: a request without TLS gets 403.4.</summary>
    public bool RequiresTls { get; init; }

    /// <summary>The same attribute has SslRequireCert: a request without a client certificate gets 403.7.</summary>
    public bool RequiresClientCertificate { get; init; }

    /// <summary>system.webServer/security/ipSecurity@allowUnlisted is false: addresses that are not in its list get 403.6 or 403.503.</summary>
    public bool RefusesUnlistedAddresses { get; init; }
}

/// <summary>What the web.config file of one of WSUS's services allows a request (care.md, section 7). Null where the file says nothing, so that the default applies.</summary>
public sealed record WebServiceLimits
{
    /// <summary>ASP.NET's, where the file says nothing.</summary>
    public const long DefaultMaximumRequestKilobytes = 4_096;

    /// <summary>ASP.NET's, where the file says nothing.</summary>
    public static readonly TimeSpan DefaultExecutionTimeLimit = TimeSpan.FromSeconds(110);

    /// <summary>"ClientWebService" or "ApiRemoting30".</summary>
    public required string Service { get; init; }

    /// <summary>system.web/httpRuntime@maxRequestLength in KB.</summary>
    public long? MaximumRequestKilobytes { get; init; }

    /// <summary>system.web/httpRuntime@executionTimeout.</summary>
    public TimeSpan? ExecutionTimeLimit { get; init; }

    /// <summary>appSettings, maxInstalledPrerequisites: a client with more gets 0x80244007. WSUS's default is 400.</summary>
    public int? MaximumInstalledPrerequisites { get; init; }

    /// <summary>Why the file could not be read, for a person; empty where it could.</summary>
    public string Problem { get; init; } = "";
}
