using System.Text;
using Microsoft.Web.Administration;
using WsusDashboard.Iis.Emulation.Storage;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>A folder of its own with one applicationHost.config.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public ConfigurationFolder(byte[] bytes) => File.WriteAllBytes(ConfigPath, bytes);

    public ConfigurationFolder(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    public string ConfigPath => _folder.File("applicationHost.config");

    public string Text => File.ReadAllText(ConfigPath);

    public byte[] Bytes => File.ReadAllBytes(ConfigPath);

    public static ConfigurationFolder OfIisExpress() => new(File.ReadAllBytes(SharedMaterial.Find("iis-express-applicationHost.config")));

    /// <summary>A configuration with the given content of applicationPools.</summary>
    public static ConfigurationFolder WithPools(string pools) => new($"""
        <configuration>
            <system.applicationHost>
                <applicationPools>
                    {pools}
                </applicationPools>
            </system.applicationHost>
        </configuration>

        """);

    public ServerManager Open() => new(ConfigPath);

    public ServerManager Open(WriterOptions options) => new(readOnly: false, ConfigPath, options);

    /// <summary>Makes one change and commits it.</summary>
    public void Change(Action<ServerManager> change)
    {
        using var manager = Open();
        change(manager);
        manager.CommitChanges();
    }

    public void Dispose() => _folder.Dispose();
}
