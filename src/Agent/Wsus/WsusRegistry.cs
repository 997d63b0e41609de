using System.Globalization;
using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Wsus;

/// <summary>What the registry says about WSUS on this server (wsus.md, 2.1).</summary>
public sealed class WsusRegistry(IRegistry registry, AgentOptions options)
{
    public const string SetupKey = @"SOFTWARE\Microsoft\Update Services\Server\Setup";

    private const int DefaultPort = 8530;

    /// <summary>Address of the administration service; null where WSUS is not installed.</summary>
    /// <exception cref="EdgeException">The registry refuses.</exception>
    public WsusAddress? FindAddress()
    {
        var port = ReadNumber("PortNumber");
        if (port is null && registry.Read(SetupKey, "TargetDir") is null)
        {
            return null;
        }

        var usesTls = ReadNumber("UsingSSL") == 1;
        var certificateName = registry.Read(SetupKey, "ServerCertificateName") as string;
        var host = (options.WsusHost, usesTls, certificateName) switch
        {
            ({ Length: > 0 } named, _, _) => named,
            // A certificate is made for the server's name: "localhost" would fail its check.
            (_, true, { Length: > 0 } name) => name,
            _ => "localhost",
        };
        var number = port is >= 1 and <= 65535 ? (int)port : DefaultPort;
        var service = new UriBuilder(usesTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, host, number, "/ApiRemoting30/WebService.asmx").Uri;

        return new WsusAddress(service, number, usesTls);
    }

    /// <summary>Id of the web site of WSUS; null where it is not said.</summary>
    /// <exception cref="EdgeException">The registry refuses.</exception>
    public long? FindSiteId() => ReadNumber("IISTargetWebSiteIndex");

    private long? ReadNumber(string name) => registry.Read(SetupKey, name) switch
    {
        int number => number,
        long number => number,
        string text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };
}
