using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using WsusDashboard.Dashboard.Kernel;

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

    /// <summary>True where people come through a proxy on this computer, which has the certificate.</summary>
    public static bool IsBehindProxy(DashboardOptions options) => options.PublicAddress.Length > 0 && options.Https.CertificateFile.Length == 0;

    /// <summary>A proxy on this computer says who asks, and how; nobody else is believed.</summary>
    public static void UseProxy(this WebApplication app, DashboardOptions options)
    {
        if (IsBehindProxy(options))
        {
            app.UseForwardedHeaders(new() { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto });
        }
    }
}
