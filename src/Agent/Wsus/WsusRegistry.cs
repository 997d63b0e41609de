using System.Globalization;
using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Wsus;

/// <summary>What the registry says about WSUS on this server (wsus.md, 2.1).</summary>
/// <param name="registry">The registry.</param>
/// <param name="options">The agent's options.</param>
/// <param name="tlsPorts">What IIS says of ports; null where there is none to ask.</param>
public sealed class WsusRegistry(IRegistry registry, AgentOptions options, ITlsPorts? tlsPorts = null)
{
    public const string SetupKey = @"SOFTWARE\Microsoft\Update Services\Server\Setup";

    /// <summary>Windows Internal Database since Windows Server 2012; it can be reached on the machine itself only (wsus.md, 2.1).</summary>
    private const string InternalDatabasePipe = @"np:\\.\pipe\MICROSOFT##WID\tsql\query";
    private const string OldInternalDatabasePipe = @"np:\\.\pipe\MSSQL$MICROSOFT##SSEE\sql\query";
    private const string NetworkKey = @"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";
    private const int DefaultPort = 8530;
    private const int DefaultTlsPort = 8531;
    private const int WebPort = 80;
    private const int WebTlsPort = 443;
    private const string ThisComputer = "localhost";

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
            (_, true, _) => FindFullName() ?? ThisComputer,
            // A site that is bound to a name answers to that name only.
            _ => ReadHostName("HostHeader") ?? ThisComputer,
        };
        var number = port is >= 1 and <= 65535 ? (int)port : usesTls ? DefaultTlsPort : DefaultPort;
        number = usesTls ? FindTlsPort(number) : number;

        // Where policy denies NTLM, the server's own name has Kerberos. A name of somebody's choice is the only one that is asked.
        var other = host == ThisComputer && options.WsusHost.Length == 0 && !usesTls ? FindFullName() : null;
        return new WsusAddress(Service(host), number, usesTls) { OtherService = other is null ? null : Service(other) };

        Uri Service(string name) => new UriBuilder(usesTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, name, number, "/ApiRemoting30/WebService.asmx").Uri;
    }

    /// <summary>
    /// PortNumber can still be that of plain HTTP while UsingSSL is 1. The bindings of the site tell; where they do not, the pairs that WSUS is made with: 443 beside 80, 8531
    /// beside 8530, and in general one above the port of HTTP.
    /// </summary>
    private int FindTlsPort(int registered)
    {
        var beside = registered == WebPort ? WebTlsPort : registered + 1;
        var bound = FindSiteId() is { } site ? tlsPorts?.Read(site) ?? [] : [];
        return bound.Contains(registered) ? registered
            : bound.Contains(beside) ? beside
            : bound.Count > 0 ? bound[0]
            : registered is WebPort or DefaultPort ? beside
            : registered;
    }

    /// <summary>
    /// The host name that "wsusutil configuressl" or the site's binding gives WSUS, where that is not this computer's own: servers behind a load balancer have the same. Null where
    /// there is none.
    /// </summary>
    /// <exception cref="EdgeException">The registry refuses.</exception>
    public string? FindPublicName()
    {
        var name = ReadHostName("ServerCertificateName") ?? ReadHostName("HostHeader");
        var isOwn = name is null || Uri.CheckHostName(name) != UriHostNameType.Dns || IsSame(name, ThisComputer) || IsSame(name, FindFullName()) || IsSame(name, registry.Read(NetworkKey, "Hostname") as string);
        return isOwn ? null : name;
    }

    /// <summary>The name that clients use for a WSUS at this address. Where WSUS is not bound to a name the agent itself may take "localhost", but that would hide faults of names and proxies from a question that is asked for clients.</summary>
    /// <exception cref="EdgeException">The registry refuses.</exception>
    public string FindClientHost(WsusAddress address) =>
        address.Service.IsLoopback && options.WsusHost.Length == 0 ? FindFullName() ?? address.Service.Host : address.Service.Host;

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

    /// <summary>
    /// The short name of the service of SUSDB's SQL Server, under which it writes to the Application log; null where that is not known. Where it runs on another computer, this one has no
    /// events of that name.
    /// </summary>
    /// <exception cref="EdgeException">The registry refuses.</exception>
    public string? FindDatabaseService() => FindDatabase()?.Server switch
    {
        null => null,
        InternalDatabasePipe => "MSSQL$MICROSOFT##WID",
        OldInternalDatabasePipe => "MSSQL$MICROSOFT##SSEE",
        var server => server.Split(',')[0].Split('\\') switch
        {
            [_, { Length: > 0 } instance] => instance.All(character => char.IsLetterOrDigit(character) || character is '_' or '#' or '$') ? "MSSQL$" + instance.ToUpperInvariant() : null,
            [_] => "MSSQLSERVER",
            _ => null,
        },
    };

    /// <summary>Null where there is none, or one that names no single host ("*.corp.example").</summary>
    private string? ReadHostName(string name) =>
        registry.Read(SetupKey, name) is string { Length: > 0 } text && Uri.CheckHostName(text.Trim()) != UriHostNameType.Unknown ? text.Trim() : null;

    private static bool IsSame(string name, string? other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

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
