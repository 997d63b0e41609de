using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Posture.Verdicts;

/// <summary>TLS of WSUS's site as Microsoft advises it, and TLS 1.2 of the system (care.md, section 2).</summary>
internal static class TlsRules
{
    /// <summary>The last builds of Windows whose .NET doesn't use strong cryptography by itself.</summary>
    private const int LastBuildWithWeakDefault = 9600;

    private static readonly string[] MustRequire = ["ApiRemoting30", "ClientWebService", "DssAuthWebService", "ServerSyncWebService", "SimpleAuthWebService"];
    private static readonly string[] MustNotRequire = ["Content", "Inventory", "ReportingWebService", "SelfUpdate"];

    public static IEnumerable<PostureFinding> Assess(PostureContext context) => [.. OfSite(context), .. OfSystem(context)];

    private static IEnumerable<PostureFinding> OfSite(PostureContext context)
    {
        var site = context.Facts.Site;
        if (site.Problem.Length > 0)
        {
            yield return PostureContext.CannotSay(PostureFindingIds.SiteUnread, PostureKind.Tls, "WSUS's site not read", site.Problem, "Run the agent's \"doctor\" on the server: it says what IIS refuses.", PostureSeverity.Information);
        }

        if (!context.HasSite)
        {
            yield break;
        }

        var bindings = new PostureEvidence("Bindings of the site", Bindings(site), "IIS", site.ReadAt);
        var setUp = new PostureEvidence("UsingSSL", site.UsesTls switch { true => "1", false => "0", null => "no value" }, "Registry, WSUS's setup key", site.ReadAt);
        if (!HasTls(site))
        {
            yield return Found(PostureFindingIds.TlsOff, "WSUS doesn't use TLS", "Someone between a client and this server can read and change what they say to each other.",
                "Bind a certificate to the site, require TLS on WSUS's five directories and run wsusutil configuressl. In a hierarchy, begin with the lowest server; each change makes clients scan anew.", Sources.Tls, bindings, setUp);
            yield break;
        }

        foreach (var finding in Directories(context))
        {
            yield return finding;
        }

        if (site.UsesTls is false)
        {
            yield return Found(PostureFindingIds.TlsNotSetUp, "WSUS doesn't know that it uses TLS", "WSUS sends its clients and Configuration Manager to the port without TLS.",
                "Run wsusutil configuressl NAME, with a name that stands in the certificate.", Sources.Tls, bindings, setUp);
        }

        if (!site.Bindings.Any(binding => IsOf(binding, "http")))
        {
            yield return Found(PostureFindingIds.TlsWithoutHttp, "No binding without TLS", "Clients fetch the files of updates without TLS, on the port below that of TLS; their hash comes over TLS.",
                "Give the site its http binding back: port 80 beside 443, otherwise the number below the port of TLS.", Sources.Tls, bindings);
        }
    }

    private static IEnumerable<PostureFinding> Directories(PostureContext context)
    {
        var iis = context.Snapshot.Iis;
        if (iis.Value is not { WsusDirectories.Count: > 0 } state)
        {
            var why = iis.Value is { WsusDirectoriesProblem.Length: > 0 } known ? known.WsusDirectoriesProblem : iis.Error ?? "the agent hasn't read them yet";
            yield return PostureContext.CannotSay(PostureFindingIds.DirectoriesUnread, PostureKind.Tls, "WSUS's directories not read", why, "Run the agent's \"doctor\" on the server: it says what IIS refuses.", PostureSeverity.Information);
            yield break;
        }

        var open = Names(state, MustRequire, directory => !directory.RequiresTls);
        if (open.Length > 0)
        {
            yield return Found(PostureFindingIds.TlsNotRequired, "TLS isn't required everywhere", "Someone between a client and this server can make it talk without TLS.",
                $"Require TLS on {open}, and on no other directory.", Sources.Tls, new PostureEvidence("Doesn't require TLS", open, "IIS, access@sslFlags", iis.ReadAt));
        }

        var closed = Names(state, MustNotRequire, directory => directory.RequiresTls);
        if (closed.Length > 0)
        {
            yield return Found(PostureFindingIds.TlsRequiredForContent, "TLS is required where it must not be", "Clients fetch content without TLS and get 403.4 there.",
                $"Don't require TLS on {closed}.", Sources.Tls, new PostureEvidence("Requires TLS", closed, "IIS, access@sslFlags", iis.ReadAt));
        }

        var certificate = Names(state, [.. MustRequire, .. MustNotRequire], directory => directory.RequiresClientCertificate);
        if (certificate.Length > 0)
        {
            yield return Found(PostureFindingIds.TlsClientCertificate, "Client certificates are required", "Clients fail with 0x80072f0c.",
                $"Set client certificates to \"ignore\" on {certificate}.", Sources.ScanFailures, new PostureEvidence("Requires a client certificate", certificate, "IIS, access@sslFlags", iis.ReadAt));
        }
    }

    private static IEnumerable<PostureFinding> OfSystem(PostureContext context)
    {
        var protocols = context.Facts.Protocols;
        if (protocols.ReadAt is null || protocols.Problem.Length > 0)
        {
            yield return PostureContext.CannotSay(PostureFindingIds.ProtocolsUnread, PostureKind.Tls, "TLS settings of Windows not read", protocols.Problem.Length > 0 ? protocols.Problem : "the agent hasn't read them yet",
                "Look at SCHANNEL\\Protocols in the server's registry.", PostureSeverity.Information);
            yield break;
        }

        if (protocols.ClientEnabled is false || protocols.ServerEnabled is false || protocols.ClientDisabledByDefault is true || protocols.ServerDisabledByDefault is true)
        {
            yield return Found(PostureFindingIds.OldProtocols, "TLS 1.2 is switched off", "Microsoft Update takes only TLS 1.2 and later, and older versions can be broken.",
                "Set Enabled to 1 and DisabledByDefault to 0 below SCHANNEL\\Protocols\\TLS 1.2, Client and Server, and restart the server.", Sources.Tls12,
                Value("TLS 1.2 of clients", protocols.ClientEnabled, protocols.ClientDisabledByDefault, protocols.ReadAt), Value("TLS 1.2 of servers", protocols.ServerEnabled, protocols.ServerDisabledByDefault, protocols.ReadAt));
        }

        var isWeakByDefault = context.Facts.Windows.Build is > 0 and <= LastBuildWithWeakDefault;
        if (IsOff(protocols.StrongCrypto) || IsOff(protocols.SystemDefaultVersions) || IsOff(protocols.StrongCrypto32) || IsOff(protocols.SystemDefaultVersions32))
        {
            yield return Found(PostureFindingIds.WeakDotNet, ".NET may use old TLS", "WSUS and other programs of .NET may connect with versions of TLS that can be broken, or fail where only TLS 1.2 is taken.",
                "Set SchUseStrongCrypto and SystemDefaultTlsVersions to 1 below .NETFramework\\v4.0.30319, for 64-bit and 32-bit programs, and restart the server.", Sources.Tls12,
                Value(".NET, 64-bit", protocols.StrongCrypto, protocols.SystemDefaultVersions, protocols.ReadAt, "SchUseStrongCrypto", "SystemDefaultTlsVersions"),
                Value(".NET, 32-bit", protocols.StrongCrypto32, protocols.SystemDefaultVersions32, protocols.ReadAt, "SchUseStrongCrypto", "SystemDefaultTlsVersions"));
        }

        bool IsOff(bool? value) => value is false || (value is null && isWeakByDefault);
    }

    /// <summary>True where WSUS is set up for TLS, or shows a certificate. Its https binding is there from the installation on, without a certificate.</summary>
    internal static bool HasTls(SitePart site) => site.UsesTls is true || site.Certificate is not null;

    private static bool IsOf(SiteBinding binding, string protocol) => string.Equals(binding.Protocol, protocol, StringComparison.OrdinalIgnoreCase);

    private static string Bindings(SitePart site) => site.Bindings.Count == 0 ? "none" : string.Join(", ", site.Bindings.Select(binding => $"{binding.Protocol} {binding.Address}:{binding.Port}{(binding.HostName.Length > 0 ? $" {binding.HostName}" : "")}"));

    private static string Names(IisState state, string[] names, Func<WebDirectory, bool> isWrong) =>
        string.Join(", ", state.WsusDirectories.Where(directory => names.Contains(directory.Name, StringComparer.OrdinalIgnoreCase) && isWrong(directory)).Select(directory => directory.Name));

    private static PostureEvidence Value(string what, bool? first, bool? second, DateTimeOffset? at, string firstName = "Enabled", string secondName = "DisabledByDefault") =>
        new(what, $"{firstName} {Number(first)}, {secondName} {Number(second)}", "Registry", at);

    private static string Number(bool? value) => value switch { true => "1", false => "0", null => "no value" };

    private static PostureFinding Found(string id, string title, string allows, string mends, string source, params PostureEvidence[] evidence) => new()
    {
        Id = id,
        Kind = PostureKind.Tls,
        Severity = PostureSeverity.Warning,
        Title = title,
        Allows = allows,
        Mends = mends,
        Evidence = [.. evidence],
        Source = source,
        Certainty = Certainty.Sourced,
    };
}
