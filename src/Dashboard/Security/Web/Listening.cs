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

    /// <summary>Proxies on other computers, as the option has them.</summary>
    public static IReadOnlyList<string> ProxiesOf(DashboardOptions options) => options.ProxyAddresses.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Tells the proxies apart that people come through: one on this computer, which has the certificate, or those of the options.</summary>
    public static Func<IPAddress, bool> ProxyRule(DashboardOptions options)
    {
        var others = ProxiesOf(options).Select(IPAddress.Parse).ToHashSet();
        var isOnThisComputer = options.PublicAddress.Length > 0 && options.Https.CertificateFile.Length == 0;
        return address => isOnThisComputer ? IPAddress.IsLoopback(address) : others.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }

    /// <summary>A proxy says who asks, and how; nobody else is believed.</summary>
    public static void UseProxy(this WebApplication app, DashboardOptions options)
    {
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        if (ProxiesOf(options) is { Count: > 0 } proxies)
        {
            // Instead of this computer.
            forwarded.KnownIPNetworks.Clear();
            forwarded.KnownProxies.Clear();
            foreach (var proxy in proxies)
            {
                forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
            }

            app.UseForwardedHeaders(forwarded);
        }
        else if (options.PublicAddress.Length > 0 && options.Https.CertificateFile.Length == 0)
        {
            app.UseForwardedHeaders(forwarded);
        }
    }
}
