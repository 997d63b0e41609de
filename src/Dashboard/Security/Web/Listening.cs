using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>Where browsers reach the dashboard: in plain text on loopback only, by TLS wherever the options say, behind IIS or a proxy where they name its address.</summary>
internal static class Listening
{
    private static readonly string[] OwnNames = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>The port on which the module of IIS talks to this process, where it started it.</summary>
    public static int? PortOfIis(IConfiguration configuration) =>
        configuration["TOKEN"] is { Length: > 0 } && int.TryParse(configuration["PORT"], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;

    /// <summary>The names by which it may be asked: no page of another site reaches it by a name that it points here.</summary>
    public static string AllowedHosts(DashboardOptions options, ServerCertificate? certificate) => string.Join(';', OwnNames
        .Concat(options.PublicAddress.Length > 0 ? [new Uri(options.PublicAddress).Host] : [])
        .Concat(certificate?.Names ?? [])
        .Distinct(StringComparer.OrdinalIgnoreCase));

    /// <summary>The address that people are told.</summary>
    public static string AddressFor(DashboardOptions options, ServerCertificate? certificate, string bound) =>
        options.PublicAddress.Length > 0 ? options.PublicAddress.TrimEnd('/')
        : certificate?.Names.FirstOrDefault(name => !name.StartsWith('*')) is { } name && Uri.TryCreate(bound, UriKind.Absolute, out var address) ? string.Create(CultureInfo.InvariantCulture, $"https://{name}:{address.Port}")
        : bound;

    public static IEnumerable<string> Check(DashboardOptions options, int? portOfIis)
    {
        var key = DashboardOptionsCheck.Key(nameof(options.ListenAddress));
        var isLoopback = string.Equals(options.ListenAddress, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(options.ListenAddress, out var address) && IPAddress.IsLoopback(address));
        if (!isLoopback && options.CertificateFile.Length == 0)
        {
            yield return $"{key}: \"{options.ListenAddress}\" is refused, because without {DashboardOptionsCheck.Key(nameof(options.CertificateFile))} the dashboard speaks plain HTTP and passwords would go over the network in clear. Allowed: localhost, 127.0.0.1, ::1; any address of this computer with a certificate; or loopback behind a reverse proxy with TLS (IIS, nginx).";
        }
        else if (!isLoopback && !IPAddress.TryParse(options.ListenAddress, out _))
        {
            yield return $"{key}: \"{options.ListenAddress}\" is no IP address. Allowed: localhost or an IP address of this computer; 0.0.0.0 for all of IPv4, :: for all.";
        }

        if (options.PublicAddress.Length > 0 && !(Uri.TryCreate(options.PublicAddress, UriKind.Absolute, out var known) && known.Scheme == Uri.UriSchemeHttps && known.PathAndQuery == "/"))
        {
            yield return $"{DashboardOptionsCheck.Key(nameof(options.PublicAddress))}: \"{options.PublicAddress}\" cannot be taken. Allowed: https, a host and, where it is not 443, a port, for example https://wsusdashboard.corp.example.";
        }

        if (portOfIis is not null && options.PublicAddress.Length == 0)
        {
            yield return $"{DashboardOptionsCheck.Key(nameof(options.PublicAddress))}: it is empty, but IIS hosts the dashboard. Allowed: the https address of its site in IIS.";
        }
    }

    public static void Apply(KestrelServerOptions kestrel, DashboardOptions options, ServerCertificate? certificate, int? portOfIis)
    {
        void Secure(ListenOptions listen) => certificate?.Use(listen);
        if (portOfIis is { } port)
        {
            kestrel.Listen(IPAddress.Loopback, port);
        }
        else if (string.Equals(options.ListenAddress, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            if (options.Port != 0)
            {
                kestrel.ListenLocalhost(options.Port, Secure);
            }
            else
            {
                kestrel.Listen(IPAddress.Loopback, 0, Secure);
            }
        }
        else
        {
            kestrel.Listen(IPAddress.Parse(options.ListenAddress), options.Port, Secure);
        }
    }

    /// <summary>A proxy on this computer says who asks, and how; nobody else is believed.</summary>
    public static void UseProxy(this WebApplication app, DashboardOptions options)
    {
        if (options.PublicAddress.Length > 0 && options.CertificateFile.Length == 0)
        {
            app.UseForwardedHeaders(new() { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto });
        }
    }
}
