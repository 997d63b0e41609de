using System.Runtime.InteropServices;
using WsusDashboard.Iis.Emulation.Storage;

namespace Microsoft.Web.Administration;

/// <summary>Reads and changes one applicationHost.config. The file is read when it is first needed and stays as it was then; not for several threads.</summary>
public sealed class ServerManager : IDisposable
{
    private readonly string _path;
    private readonly bool _readOnly;
    private readonly WriterOptions _options;
    private ConfigurationSession? _session;
    private bool _disposed;

    /// <exception cref="PlatformNotSupportedException">Always: the emulation never works on the server's own configuration.</exception>
    public ServerManager() => throw new PlatformNotSupportedException(
        "This build has no access to the IIS of the machine. Name an applicationHost.config, or use a Windows build.");

    public ServerManager(string applicationHostConfigurationPath)
        : this(readOnly: false, applicationHostConfigurationPath)
    {
    }

    public ServerManager(bool readOnly, string applicationHostConfigurationPath)
        : this(readOnly, applicationHostConfigurationPath, WriterOptions.Default)
    {
    }

    internal ServerManager(bool readOnly, string applicationHostConfigurationPath, WriterOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(applicationHostConfigurationPath);
        _path = Path.GetFullPath(applicationHostConfigurationPath);
        _readOnly = readOnly;
        _options = options;
    }

    /// <exception cref="ConfigurationFileException">The file is damaged; it has line and column.</exception>
    public ApplicationPoolCollection ApplicationPools => Session.ApplicationPools;

    /// <exception cref="ConfigurationFileException">The file is damaged; it has line and column.</exception>
    public ApplicationPoolDefaults ApplicationPoolDefaults => Session.ApplicationPoolDefaults;

    /// <exception cref="ConfigurationFileException">The file is damaged; it has line and column.</exception>
    public SiteCollection Sites => Session.Sites;

    /// <exception cref="ConfigurationFileException">The file is damaged; it has line and column.</exception>
    public WorkerProcessCollection WorkerProcesses =>
        new(Session.Runtime, Session.ApplicationPools.Select(pool => pool.Name).Where(Session.IsCommitted));

    private ConfigurationSession Session
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _session ??= ConfigurationSession.Open(_path, _readOnly, _options);
        }
    }

    /// <exception cref="PlatformNotSupportedException">Always: see the constructor without arguments.</exception>
    public static ServerManager OpenRemote(string serverName) => throw new PlatformNotSupportedException(
        $"This build has no access to the IIS of '{serverName}'. Name an applicationHost.config, or use a Windows build.");

    /// <summary>
    /// Writes the changes; all of them or none. Objects taken from here before are read-only from then on, as in the real API;
    /// what is asked for next is read anew.
    /// </summary>
    /// <exception cref="FileLoadException">Another writer has the file, or it has changed since it was read. Nothing was written.</exception>
    /// <exception cref="COMException">The change does not make a readable file. Nothing was written.</exception>
    public void CommitChanges()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _session?.Commit();
        _session = null;
    }

    public void Dispose() => _disposed = true;
}
