using System.Text;

namespace WsusDashboard.Simulator.Configuration;

/// <summary>Writes the web.config files of WSUS's services, as far as they limit a request: ASP.NET's and WSUS's own defaults.</summary>
internal static class WebConfigTemplate
{
    /// <param name="wsusDirectory">Where WSUS is installed.</param>
    public static void WriteIfAbsent(string wsusDirectory)
    {
        Write(wsusDirectory, "ClientWebService", """
            <configuration>
              <appSettings>
                <add key="maxInstalledPrerequisites" value="400" />
              </appSettings>
              <system.web>
                <httpRuntime maxRequestLength="4096" executionTimeout="110" />
              </system.web>
            </configuration>
            """);
        Write(wsusDirectory, "ApiRemoting30", """
            <configuration>
              <system.web>
                <httpRuntime maxRequestLength="32768" executionTimeout="7200" />
              </system.web>
            </configuration>
            """);
    }

    private static void Write(string wsusDirectory, string service, string text)
    {
        var path = Path.Combine(wsusDirectory, "WebServices", service, "web.config");
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
    }
}
