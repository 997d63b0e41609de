using System.Runtime.InteropServices;
using WsusDashboard.Iis.Emulation.Errors;
using WsusDashboard.Iis.Emulation.Runtime;
using WsusDashboard.Iis.Emulation.Storage;

namespace Microsoft.Web.Administration;

/// <summary>Reads and changes one applicationHost.config. The file is read when it is first needed and stays as it was then; not for several threads.</summary>
public sealed class ServerManager : IDisposable
{
    private readonly string _path;
    private readonly bool _readOnly;
    private readonly WriterOptions _options;
    private Reading? _reading;
    private bool _disposed;

    /// <exception cref="PlatformNotSupportedException">Always: the emulation never works on the server's own configuration.</exception>
    public ServerManager() => throw new PlatformNotSupportedException(
        "This build can't access IIS on this computer. Give the path of an applicationHost.config file, or use a Windows build.");

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
    public ApplicationPoolCollection ApplicationPools => Current.Pools;

    /// <exception cref="ConfigurationFileException">The file is damaged; it has line and column.</exception>
    public ApplicationPoolDefaults ApplicationPoolDefaults => Current.Defaults;

    /// <exception cref="ConfigurationFileException">The file is damaged; it has line and column.</exception>
    public SiteCollection Sites => Current.Sites;

    /// <exception cref="ConfigurationFileException">The file is damaged; it has line and column.</exception>
    public WorkerProcessCollection WorkerProcesses => Current.States.Workers(Current.Pools.Select(pool => pool.Name).Where(Current.States.IsCommitted));

    private Reading Current
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _reading ??= new Reading(new ConfigurationSession(_path, _readOnly, _options));
        }
    }

    /// <exception cref="PlatformNotSupportedException">Always: see the constructor without arguments.</exception>
    public static ServerManager OpenRemote(string serverName) => throw new PlatformNotSupportedException(
        $"This build can't access IIS on '{serverName}'. Give the path of an applicationHost.config file, or use a Windows build.");

    /// <summary>The file by its sections.</summary>
    /// <exception cref="ConfigurationFileException">The file is damaged; it has line and column.</exception>
    public Configuration GetApplicationHostConfiguration() => Current.Configuration;

    /// <summary>
    /// Writes the changes; all of them or none. Objects taken from here before are read-only from then on, as in the real API;
    /// what is asked for next is read again.
    /// </summary>
    /// <exception cref="FileLoadException">Another writer has the file, or it has changed since it was read. Nothing was written.</exception>
    /// <exception cref="COMException">The change does not make a readable file. Nothing was written.</exception>
    public void CommitChanges()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _reading?.Commit();
        _reading = null;
    }

    public void Dispose() => _disposed = true;

    /// <summary>The file as it was when it was read, and what was changed since.</summary>
    private sealed class Reading
    {
        private readonly ConfigurationSession _session;

        public Reading(ConfigurationSession session)
        {
            _session = session;
            var pools = session.Section(PoolSchema.Section);
            Defaults = new ApplicationPoolDefaults(pools.ChildLocation(PoolSchema.Defaults.Name));
            States = new PoolStates(EmulatedIis.RuntimeFor(session.Path, pool => Pools![pool]?.AutoStart ?? false));
            Pools = new ApplicationPoolCollection(pools, Defaults, States);
            Sites = new SiteCollection(session.Section(SiteSchema.Section));
            Configuration = new Configuration(session);
        }

        public ApplicationPoolDefaults Defaults { get; }

        public PoolStates States { get; }

        public ApplicationPoolCollection Pools { get; }

        public SiteCollection Sites { get; }

        public Configuration Configuration { get; }

        public void Commit()
        {
            _session.Commit();
            States.Committed();
        }
    }
}
