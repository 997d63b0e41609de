using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Web.Administration;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Snapshots;
using ConfigurationSection = Microsoft.Web.Administration.ConfigurationSection;

namespace WsusDashboard.Agent.Posture;

/// <summary>Where WSUS's site listens, the certificate that it shows in a handshake with itself, and the MIME types that updates need.</summary>
internal sealed class SitePartReader(IisAccess access, WsusRegistry registry, IRegistry values, AgentEdges edges, TimeProvider timeProvider)
{
    private const string StaticContent = "system.webServer/staticContent";
    private const int MostBindings = 50;
    private const int MostNames = 20;
    private const int MostChainProblems = 10;

    /// <summary>"Cannot create a file when that file already exists": what IIS says of an entry that stands twice.</summary>
    private const int AlreadyExists = unchecked((int)0x800700B7);

    private static readonly string[] UpdateExtensions = [".wim", ".msu", ".esd", ".cab", ".psf", ".appx", ".msix", ".appxbundle", ".msixbundle"];

    /// <exception cref="EdgeException">IIS or the registry refuses.</exception>
    public async Task<SitePart> ReadAsync(Section<IisState> iis, CancellationToken cancellationToken)
    {
        if (iis.Value?.WsusSiteName is not { Length: > 0 } name)
        {
            return iis.Status is SectionStatus.Pending ? new() { Problem = "the agent hasn't read IIS yet" }
                : iis.Status is SectionStatus.Unreadable ? new() { Problem = iis.Error ?? "IIS couldn't be read" }
                : new() { ReadAt = timeProvider.GetUtcNow() };
        }

        var part = new SitePart
        {
            Name = name,
            Bindings = [.. ReadBindings(name)],
            UsesTls = values.Read(WsusRegistry.SetupKey, "UsingSSL") is int flag ? flag == 1 : null,
            ReadAt = timeProvider.GetUtcNow(),
        };
        return part.Bindings.FirstOrDefault(binding => string.Equals(binding.Protocol, Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase)) is { } tls
            ? await AddCertificateAsync(part, tls, cancellationToken).ConfigureAwait(false)
            : part;
    }

    /// <summary>The entries of the server, and those that the site adds; where they can't be read, why.</summary>
    public (IReadOnlyList<MimeMapping> Mappings, string Problem) ReadMimeTypes(string siteName)
    {
        try
        {
            using var manager = access.Open();
            var configuration = manager.GetApplicationHostConfiguration();
            var server = Mappings(configuration.GetSection(StaticContent)).ToList();
            return ([.. server.Select(mapping => new MimeMapping(mapping.Extension, mapping.Type, IsOfSite: false)), .. OfSite(configuration, siteName, server)], "");
        }
        catch (EdgeException exception)
        {
            return ([], exception.Message);
        }
        catch (Exception exception) when (exception is COMException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            access.Refusals.Record("MIME types", exception);
            return ([], IisFailures.Translate("IIS's MIME types couldn't be read", exception).Message);
        }
    }

    /// <summary>What the site has beyond the server; an extension that stands on both is told twice.</summary>
    private static IEnumerable<MimeMapping> OfSite(Configuration configuration, string siteName, List<(string Extension, string Type)> server)
    {
        try
        {
            var left = server.Select(mapping => mapping.Extension.ToUpperInvariant()).ToList();
            return [.. Mappings(configuration.GetSection(StaticContent, siteName)).Where(mapping => !left.Remove(mapping.Extension.ToUpperInvariant())).Select(mapping => new MimeMapping(mapping.Extension, mapping.Type, IsOfSite: true))];
        }
        catch (COMException exception) when (exception.HResult == AlreadyExists)
        {
            // IIS doesn't say which: those that updates need are the likely ones.
            return [.. server.Where(mapping => mapping.Extension is ".wim" or ".msu").Select(mapping => new MimeMapping(mapping.Extension, mapping.Type, IsOfSite: true))];
        }
    }

    private static IEnumerable<(string Extension, string Type)> Mappings(ConfigurationSection section) => section.GetCollection()
        .Select(element => (Extension: (string)element["fileExtension"]!, Type: (string)element["mimeType"]!))
        .Where(mapping => UpdateExtensions.Contains(mapping.Extension, StringComparer.OrdinalIgnoreCase));

    private IReadOnlyList<SiteBinding> ReadBindings(string siteName)
    {
        try
        {
            using var manager = access.Open();
            return [.. manager.Sites.Where(site => site.Name == siteName).SelectMany(site => site.Bindings).Select(Read).OfType<SiteBinding>().Take(MostBindings)];
        }
        catch (Exception exception) when (exception is not EdgeException)
        {
            access.Refusals.Record("bindings of WSUS's site", exception);
            throw IisFailures.Translate("The bindings of WSUS's site couldn't be read", exception);
        }
    }

    /// <summary>Of "*:8531:name"; an address of IPv6 has colons too, the name has none.</summary>
    private static SiteBinding? Read(Binding binding)
    {
        var information = binding.BindingInformation;
        return information.Split(':') is [_, .., var port, var host] parts && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new SiteBinding(binding.Protocol, string.Join(':', parts[..^2]), number, host)
            : null;
    }

    private async Task<SitePart> AddCertificateAsync(SitePart part, SiteBinding tls, CancellationToken cancellationToken)
    {
        try
        {
            var address = registry.FindAddress();
            var (host, port) = address is { UsesTls: true } ? (address.Service.Host, address.Port) : (tls.HostName.Length > 0 ? tls.HostName : address is null ? "localhost" : registry.FindClientHost(address), tls.Port);
            var shown = await CertificateReader.ReadAsync(host, port, edges.TrustedRoots, cancellationToken).ConfigureAwait(false);
            return part with
            {
                Certificate = new SiteCertificate
                {
                    AskedName = host,
                    Port = port,
                    Subject = shown.Subject,
                    Names = [.. shown.Names.Take(MostNames)],
                    NameCount = shown.Names.Count,
                    NotBefore = shown.NotBefore,
                    NotAfter = shown.NotAfter,
                    Thumbprint = shown.Thumbprint,
                    IsForAnotherName = shown.Errors.HasFlag(System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch),
                    ChainProblems = [.. shown.ChainProblems.Take(MostChainProblems)],
                },
            };
        }
        catch (EdgeException) when (part.UsesTls is not true)
        {
            // The binding is there from the installation of WSUS on, and has no certificate before somebody binds one.
            return part;
        }
        catch (EdgeException exception)
        {
            return part with { CertificateProblem = exception.Message };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return part with { CertificateProblem = string.Create(CultureInfo.InvariantCulture, $"The site's port {tls.Port} didn't show a certificate within {CertificateReader.Limit.TotalSeconds:0} s.") };
        }
    }
}
