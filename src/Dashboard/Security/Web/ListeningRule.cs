using System.Net;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Settings;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>Passwords never cross the network in plain text.</summary>
internal sealed class ListeningRule(int? portOfIis) : OptionsRule<DashboardOptions>
{
    protected override IEnumerable<string> Mistakes(DashboardOptions options)
    {
        var isAddress = IPAddress.TryParse(options.ListenAddress, out var address);
        var isLoopback = string.Equals(options.ListenAddress, "localhost", StringComparison.OrdinalIgnoreCase) || (isAddress && IPAddress.IsLoopback(address!));
        if (!isLoopback && options.Https.CertificateFile.Length == 0)
        {
            yield return $"{DashboardOptions.KeyOf(options.ListenAddress)} is \"{options.ListenAddress}\", but without {DashboardOptions.KeyOf(options.Https.CertificateFile)} the dashboard speaks plain HTTP. Allowed: localhost, 127.0.0.1, ::1, also behind a reverse proxy with TLS (IIS, nginx) on this computer; with a certificate any address of this computer.";
        }
        else if (!isLoopback && !isAddress)
        {
            yield return $"{DashboardOptions.KeyOf(options.ListenAddress)} is \"{options.ListenAddress}\". Allowed: localhost or an IP address of this computer; 0.0.0.0 for all of IPv4, :: for all.";
        }

        if (options.PublicAddress.Length > 0 && !(Uri.TryCreate(options.PublicAddress, UriKind.Absolute, out var known) && known.Scheme == Uri.UriSchemeHttps && known.PathAndQuery == "/"))
        {
            yield return $"{DashboardOptions.KeyOf(options.PublicAddress)} is \"{options.PublicAddress}\". Allowed: https, a host and, if it isn't 443, a port, for example https://wsusdashboard.corp.example.";
        }

        foreach (var name in Listening.ProxiesOf(options).Where(name => !IPAddress.TryParse(name, out _)))
        {
            yield return $"{DashboardOptions.KeyOf(options.ProxyAddresses)} has \"{name}\". Allowed: IP addresses, separated by commas.";
        }

        if (options.ProxyAddresses.Length > 0 && (options.PublicAddress.Length == 0 || options.Https.CertificateFile.Length == 0))
        {
            yield return $"{DashboardOptions.KeyOf(options.ProxyAddresses)} is \"{options.ProxyAddresses}\". Allowed with {DashboardOptions.KeyOf(options.PublicAddress)}, the address people use, and {DashboardOptions.KeyOf(options.Https.CertificateFile)}: between computers the dashboard speaks TLS only.";
        }

        if (portOfIis is not null && options.PublicAddress.Length == 0)
        {
            yield return $"{DashboardOptions.KeyOf(options.PublicAddress)} is empty, but IIS hosts the dashboard. Allowed: the https address of its site in IIS.";
        }
    }
}
