using System.Globalization;
using System.Text;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Configuration;

/// <summary>Writes the applicationHost.config of a simulated server: the sections of a server with WSUS and, where it has it, Configuration Manager.</summary>
internal static class ApplicationHostTemplate
{
    /// <summary>IISTargetWebSiteIndex of the simulated servers.</summary>
    public const int WsusSiteId = 1_427_881_213;

    /// <summary>The pool that WSUS sets up.</summary>
    public const string WsusPoolName = "WsusPool";

    // The eight applications that WSUS sets up on its site; IIS Manager counts them for WsusPool.
    private static readonly (string Path, string Folder)[] WsusApplications =
    [
        ("/ApiRemoting30", @"WebServices\ApiRemoting30"), ("/ClientWebService", @"WebServices\ClientWebService"), ("/Content", ""),
        ("/DssAuthWebService", @"WebServices\DssAuthWebService"), ("/Inventory", "Inventory"), ("/ReportingWebService", @"WebServices\ReportingWebService"),
        ("/ServerSyncWebService", @"WebServices\ServerSyncWebService"), ("/SimpleAuthWebService", @"WebServices\SimpleAuthWebService"),
    ];

    /// <summary>Writes the file where there is none; one that is there is a server's own and is left alone.</summary>
    /// <param name="path">The file.</param>
    /// <param name="profile">The server.</param>
    /// <param name="siteLogs">Where its web sites write their logs.</param>
    public static void WriteIfAbsent(string path, ServerProfile profile, string siteLogs)
    {
        if (File.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Directory.CreateDirectory(Path.Combine(siteLogs, string.Create(CultureInfo.InvariantCulture, $"W3SVC{WsusSiteId}")));
        var temporary = path + ".new";
        File.WriteAllText(temporary, Create(profile, siteLogs), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.Move(temporary, path);
    }

    /// <summary>Binds WSUS to the port on which it takes TLS in this life of the estate: the agent goes by the bindings.</summary>
    public static void BindTls(string path, int port)
    {
        const string Before = "<binding protocol=\"https\" bindingInformation=\"*:";
        var text = File.ReadAllText(path);
        var start = text.IndexOf(Before, StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf(':', start + Before.Length);
        if (end > 0)
        {
            File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{text[..(start + Before.Length)]}{port}{text[end..]}"), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
    }

    public static string Create(ServerProfile profile, string siteLogs)
    {
        using var stream = typeof(ApplicationHostTemplate).Assembly.GetManifestResourceStream("applicationHost.config")
            ?? throw new InvalidOperationException("The applicationHost.config template is missing from this build.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Replace("{{pools}}", Pools(profile), StringComparison.Ordinal)
            .Replace("{{site-applications}}", DefaultSiteApplications(profile), StringComparison.Ordinal)
            .Replace("{{wsus-site-id}}", WsusSiteId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{{wsus-applications}}", Applications(), StringComparison.Ordinal)
            .Replace("{{scheme-precondition}}", profile.SchemePreCondition.Length == 0 ? "" : $" preCondition=\"{profile.SchemePreCondition}\"", StringComparison.Ordinal)
            .Replace("{{native-module}}", profile.HasNativeModule ? NativeModule : "", StringComparison.Ordinal)
            .Replace("{{site-logs}}", siteLogs, StringComparison.Ordinal)
            .Replace("{{tls-locations}}", profile.CertificateDays is null ? "" : TlsLocations(), StringComparison.Ordinal)
            .Replace("{{api-access}}", profile.CertificateDays is null ? "" : "\n                <access sslFlags=\"Ssl\" />", StringComparison.Ordinal)
            .ReplaceLineEndings("\r\n");
    }

    /// <summary>What Microsoft asks for where WSUS uses TLS (care.md, section 2), beside ApiRemoting30, which the template has a location for.</summary>
    private static string TlsLocations() => string.Concat(((string[])["ClientWebService", "DssAuthWebService", "ServerSyncWebService", "SimpleAuthWebService"]).Select(directory =>
        $"""

            <location path="WSUS Administration/{directory}">
                <system.webServer>
                    <security>
                        <access sslFlags="Ssl" />
                    </security>
                </system.webServer>
            </location>

        """));

    private const string NativeModule = """

                <add name="SecurityScanModule" image="C:\Program Files\Security Scan\iisscan64.dll" />
    """;

    private static string Applications() => string.Concat(WsusApplications.Select(application =>
        $"""

                        <application path="{application.Path}" applicationPool="WsusPool">
                            <virtualDirectory path="/" physicalPath="{(application.Folder.Length == 0 ? @"D:\WSUS\WsusContent" : @"C:\Program Files\Update Services\" + application.Folder)}" />
                        </application>
        """));

    private static string DefaultSiteApplications(ServerProfile profile) => profile.IsSiteServer
        ? string.Concat(
            SiteApplication("/CCM_CLIENT", "CCM Client Deployment Pool", @"C:\Program Files\Microsoft Configuration Manager\Client"),
            SiteApplication("/CCM_STS", "CCM Security Token Service Pool", @"C:\Program Files\SMS_CCM\CCM_STS"),
            SiteApplication("/SMS_DP_SMSPKG$", "SMS Distribution Points Pool", @"D:\SCCMContentLib"),
            SiteApplication("/SMS_MP", "SMS Management Point Pool", @"C:\Program Files\SMS_CCM\SMS_MP"))
        : "";

    private static string SiteApplication(string path, string pool, string folder) =>
        $"""

                        <application path="{path}" applicationPool="{pool}">
                            <virtualDirectory path="/" physicalPath="{folder}" />
                        </application>
        """;

    private static string Pools(ServerProfile profile)
    {
        var text = new StringBuilder();
        text.Append("""

                    <add name="DefaultAppPool" managedRuntimeVersion="v4.0" />
                    <add name=".NET v4.5" managedRuntimeVersion="v4.0" />
        """);
        if (profile.IsSiteServer)
        {
            text.Append(ConfigMgrPool("CCM Client Deployment Pool", "LocalService"))
                .Append(ConfigMgrPool("CCM Security Token Service Pool", "LocalSystem"))
                .Append(ConfigMgrPool("SMS Distribution Points Pool", "LocalService"))
                .Append(ConfigMgrPool("SMS Management Point Pool", "LocalService"));
        }

        return text.Append(WsusPool(profile)).ToString();
    }

    private static string ConfigMgrPool(string name, string identity) =>
        $"""

                    <add name="{name}" managedRuntimeVersion="v4.0">
                        <processModel identityType="{identity}" />
                    </add>
        """;

    private static string WsusPool(ServerProfile profile) => profile switch
    {
        { HasGuideSettings: true } => """

                    <!-- Settings raised after the synchronization failures. -->
                    <add name="WsusPool" queueLength="30000" enable32BitAppOnWin64="true" managedRuntimeVersion="v4.0">
                        <processModel identityType="NetworkService" loadUserProfile="true" idleTimeout="00:00:00" />
                        <recycling>
                            <periodicRestart privateMemory="0" />
                        </recycling>
                    </add>
        """,
        { HasMixedSettings: true } => """

                    <add name="WsusPool" queueLength="25000" managedRuntimeVersion="v4.0">
                        <processModel identityType="NetworkService" pingingEnabled="false" />
                        <recycling>
                            <periodicRestart privateMemory="4000000" />
                        </recycling>
                    </add>
        """,
        _ => """

                    <add name="WsusPool" managedRuntimeVersion="v4.0">
                        <processModel identityType="NetworkService" />
                        <recycling>
                            <periodicRestart privateMemory="1843200" />
                        </recycling>
                    </add>
        """,
    };
}
