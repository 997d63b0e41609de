using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Shared.Posture;

/// <summary>The web site of WSUS: where it listens, and the certificate that it shows. Which directories require TLS stands in the section "iis".</summary>
public sealed record SitePart : IPosturePart
{
    /// <summary>For example "WSUS Administration"; empty where WSUS has none.</summary>
    public string Name { get; init; } = "";

    /// <summary>In the order of the configuration; at most 50.</summary>
    public ValueList<SiteBinding> Bindings { get; init; } = [];

    /// <summary>UsingSSL in WSUS's registry key; null where it has no such value.</summary>
    public bool? UsesTls { get; init; }

    /// <summary>The certificate as the site shows it in a handshake; null where the site has no https binding, or where it could not be read.</summary>
    public SiteCertificate? Certificate { get; init; }

    /// <summary>Why <see cref="Certificate"/> could not be read, for a person; empty where it could, or where there is none to read.</summary>
    public string CertificateProblem { get; init; } = "";

    public DateTimeOffset? ReadAt { get; init; }

    public string Problem { get; init; } = "";
}

/// <summary>A binding of a site.</summary>
/// <param name="Protocol">"http" or "https".</param>
/// <param name="Address">"*" for all addresses of the server, or one of them.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="HostName">The host name that requests must have; empty = any.</param>
public sealed record SiteBinding(string Protocol, string Address, int Port, string HostName);

/// <summary>The certificate that a site shows to whoever connects. A site that shows it has its private key.</summary>
public sealed record SiteCertificate
{
    /// <summary>The host name that was asked for.</summary>
    public string AskedName { get; init; } = "";

    public int Port { get; init; }

    public string Subject { get; init; } = "";

    /// <summary>The host names that it is made for; at most 20.</summary>
    public ValueList<string> Names { get; init; } = [];

    /// <summary>How many there are.</summary>
    public int NameCount { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>SHA-1, as Windows shows it; 40 hexadecimal digits.</summary>
    public string Thumbprint { get; init; } = "";

    /// <summary>True where <see cref="AskedName"/> is none of its names.</summary>
    public bool IsForAnotherName { get; init; }

    /// <summary>Why this server doesn't trust its issuer, as its own check says; empty where it does. At most 10.</summary>
    public ValueList<string> ChainProblems { get; init; } = [];
}

/// <summary>What the firewall of Windows lets in on WSUS's ports, as far as this server can know: what stands between it and others isn't visible here.</summary>
public sealed record FirewallPart : IPosturePart
{
    /// <summary>True where the firewall is on in every profile; null where that could not be read.</summary>
    public bool? IsOn { get; init; }

    /// <summary>Enabled inbound rules that allow one of WSUS's ports; at most 50.</summary>
    public ValueList<FirewallRule> Rules { get; init; } = [];

    public DateTimeOffset? ReadAt { get; init; }

    public string Problem { get; init; } = "";
}

/// <summary>An inbound rule that lets callers in.</summary>
/// <param name="Name">As Windows shows it, in the server's language.</param>
/// <param name="Ports">For example "8530, 8531"; "Any" for all.</param>
/// <param name="RemoteAddresses">For example "LocalSubnet"; "Any" for everyone.</param>
public sealed record FirewallRule(string Name, string Ports, string RemoteAddresses)
{
    public const string Any = "Any";

    /// <summary>Lets everyone in.</summary>
    public bool IsForEveryone => string.Equals(RemoteAddresses, Any, StringComparison.OrdinalIgnoreCase) || RemoteAddresses is "*" or "0.0.0.0/0" or "::/0";
}

/// <summary>The role WSUS, as the registry has it (care.md, 1.3).</summary>
public sealed record RolePart : IPosturePart
{
    /// <summary>UpdateServices-Services is there; null where that could not be read.</summary>
    public bool? IsInstalled { get; init; }

    /// <summary>Its post-installation was done (value 2); null where that is not known.</summary>
    public bool? IsSetUp { get; init; }

    /// <summary>Configuration Manager's software update point is installed here; null where that could not be read.</summary>
    public bool? HasSoftwareUpdatePoint { get; init; }

    public DateTimeOffset? ReadAt { get; init; }

    public string Problem { get; init; } = "";
}
