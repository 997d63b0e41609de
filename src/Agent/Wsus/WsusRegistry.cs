using System.Globalization;
using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Wsus;

/// <summary>What the registry says about WSUS on this server (wsus.md, 2.1).</summary>
public sealed class WsusRegistry(IRegistry registry, AgentOptions options)
{
    public const string SetupKey = @"SOFTWARE\Microsoft\Update Services\Server\Setup";

    /// <summary>Windows Internal Database since Windows Server 2012; it can be reached on the machine itself only (wsus.md, 2.1).</summary>
    private const string InternalDatabasePipe = @"np:\\.\pipe\MICROSOFT##WID\tsql\query";
    private const string OldInternalDatabasePipe = @"np:\\.\pipe\MSSQL$MICROSOFT##SSEE\sql\query";
    private const string NetworkKey = @"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";
    private const int DefaultPort = 8530;
    private const int DefaultTlsPort = 8531;

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
        var certificateName = ReadHostName("ServerCertificateName");
        var host = (options.WsusHost, usesTls, certificateName) switch
        {
            ({ Length: > 0 } named, _, _) => named,
            // A certificate is made for the server's name: "localhost" would fail its check.
            (_, true, { Length: > 0 } name) => name,
            (_, true, _) => FindFullName() ?? "localhost",
            // A site that is bound to a name answers to that name only.
            _ => ReadHostName("HostHeader") ?? "localhost",
        };
        var number = port is >= 1 and <= 65535 ? (int)port : usesTls ? DefaultTlsPort : DefaultPort;
        var service = new UriBuilder(usesTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, host, number, "/ApiRemoting30/WebService.asmx").Uri;

        return new WsusAddress(service, number, usesTls);
    }

    /// <summary>Id of the web site of WSUS; null where it is not said.</summary>
    /// <exception cref="EdgeException">The registry refuses.</exception>
    public long? FindSiteId() => ReadNumber("IISTargetWebSiteIndex");

    /// <summary>Where the database is: from the options, else from the registry; null where neither says.</summary>
    /// <exception cref="EdgeException">The registry refuses.</exception>
    public SusdbAddress? FindDatabase()
    {
        var database = registry.Read(SetupKey, "SqlDatabaseName") is string { Length: > 0 } named ? named : "SUSDB";
        if (options.SusdbServer.Length > 0)
        {
            return new SusdbAddress(options.SusdbServer, database, options.SusdbEncrypt);
        }

        return registry.Read(SetupKey, "SqlServerName") switch
        {
            string server when server.Contains("##WID", StringComparison.OrdinalIgnoreCase) => new SusdbAddress(InternalDatabasePipe, database, IsEncrypted: false),
            string server when server.Contains("##SSEE", StringComparison.OrdinalIgnoreCase) => new SusdbAddress(OldInternalDatabasePipe, database, IsEncrypted: false),
            string { Length: > 0 } server => new SusdbAddress(server.Trim(), database, options.SusdbEncrypt),
            _ => null,
        };
    }

    /// <summary>Null where there is none, or one that names no single host ("*.corp.example").</summary>
    private string? ReadHostName(string name) =>
        registry.Read(SetupKey, name) is string { Length: > 0 } text && Uri.CheckHostName(text.Trim()) != UriHostNameType.Unknown ? text.Trim() : null;

    private string? FindFullName() =>
        registry.Read(NetworkKey, "Hostname") is string { Length: > 0 } host && registry.Read(NetworkKey, "Domain") is string { Length: > 0 } domain ? $"{host}.{domain}" : null;

    private long? ReadNumber(string name) => registry.Read(SetupKey, name) switch
    {
        int number => number,
        long number => number,
        string text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };
}
