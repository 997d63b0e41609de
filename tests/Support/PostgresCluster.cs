using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace WsusDashboard.Support;

/// <summary>
/// A PostgreSQL cluster of this process alone: made by initdb in a temporary folder, reached by a socket there and by nothing else, without any care for
/// what is on disk after a power cut, and stopped and deleted at the end. Debian's package is enough; its own service is not used.
/// </summary>
public sealed class PostgresCluster : IDisposable
{
    private const string User = "dashboard";
    private const string NobodyId = "65534";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly string _folder;
    private readonly string _programs;
    private readonly IReadOnlyList<string> _arguments;
    private Process _server;
    private bool _isDown;
    private int _databases;

    private PostgresCluster(string programs, string folder, IReadOnlyList<string> arguments) =>
        (_programs, _folder, _arguments, _server) = (programs, folder, arguments, StartServer(programs, arguments));

    /// <summary>The socket by which it is reached.</summary>
    public string SocketPath => Path.Combine(_folder, ".s.PGSQL.5432");

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>Why there can be none on this machine; null where there can.</summary>
    public static string? FindObstacle() =>
        OperatingSystem.IsWindows() ? "These tests start PostgreSQL as Debian packages it."
        : FindPrograms() is null ? "PostgreSQL is not installed here (on Debian: apt-get install postgresql)."
        : null;

    /// <param name="settings">Settings of the server, for example "shared_buffers=512MB".</param>
    public static PostgresCluster Start(params string[] settings)
    {
        var programs = FindPrograms() ?? throw new InvalidOperationException(FindObstacle());
        var folder = Directory.CreateTempSubdirectory("wsusdashboard-pg-").FullName;
        if (IsRoot)
        {
            // PostgreSQL refuses to run as root.
            Run("chown", NobodyId, folder);
        }

        RunAsUser(Path.Combine(programs, "initdb"), "-D", Path.Combine(folder, "data"), "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        string[] always = ["listen_addresses=", $"unix_socket_directories={folder}", "fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200", "logging_collector=off"];
        var arguments = new List<string> { "-D", Path.Combine(folder, "data") };
        foreach (var setting in always.Concat(settings))
        {
            arguments.AddRange(["-c", setting]);
        }

        var cluster = new PostgresCluster(programs, folder, arguments);
        cluster.WaitUntilReady();
        return cluster;
    }

    /// <summary>A new database.</summary>
    /// <param name="template">What it begins as; null = empty.</param>
    public string CreateDatabase(string? template = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"db{Interlocked.Increment(ref _databases)}");
        Execute("postgres", template is null ? $"CREATE DATABASE {name}" : $"CREATE DATABASE {name} TEMPLATE {template}");
        return name;
    }

    public void DropDatabase(string name) => Execute("postgres", $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

    public string ConnectionString(string database, bool pooling = true) =>
        new NpgsqlConnectionStringBuilder { Host = _folder, Database = database, Username = User, Pooling = pooling, Timeout = 60, CommandTimeout = 600 }.ConnectionString;

    /// <summary>Ends the server as a crash does: every connection breaks, and nothing is written back. What was committed stays only with "synchronous_commit=on".</summary>
    public void Crash()
    {
        if (_isDown)
        {
            return;
        }

        if (!_server.HasExited)
        {
            RunAsUser(Path.Combine(_programs, "pg_ctl"), "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-t", "20", "stop");
        }

        _server.WaitForExit(TimeSpan.FromSeconds(20));
        _server.Dispose();
        _isDown = true;
    }

    /// <summary>Starts it after <see cref="Crash"/>, and waits until it answers.</summary>
    public void StartAgain()
    {
        _server = StartServer(_programs, _arguments);
        _isDown = false;
        WaitUntilReady();
    }

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        Crash();
        Directory.Delete(_folder, recursive: true);
    }

    private static Process StartServer(string programs, IEnumerable<string> arguments)
    {
        var server = Process.Start(AsUser(Path.Combine(programs, "postgres"), arguments)) ?? throw new InvalidOperationException("postgres did not start");
        server.ErrorDataReceived += (_, _) => { };
        server.OutputDataReceived += (_, _) => { };
        server.BeginErrorReadLine();
        server.BeginOutputReadLine();
        return server;
    }

    private static string? FindPrograms()
    {
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0).Select(folder => Path.Combine(folder, "bin"))
            : [];
        return debian.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static ProcessStartInfo AsUser(string program, IEnumerable<string> arguments) => IsRoot
        ? Info("setpriv", ["--reuid", NobodyId, "--regid", NobodyId, "--clear-groups", program, .. arguments])
        : Info(program, arguments);

    private static ProcessStartInfo Info(string program, IEnumerable<string> arguments) => new(program, arguments)
    {
        RedirectStandardError = true,
        RedirectStandardOutput = true,
        WorkingDirectory = Path.GetTempPath(),
    };

    private static void RunAsUser(string program, params string[] arguments) => Run(AsUser(program, arguments));

    private static void Run(string program, params string[] arguments) => Run(Info(program, arguments));

    private static void Run(ProcessStartInfo info)
    {
        using var process = Process.Start(info) ?? throw new InvalidOperationException($"{info.FileName} did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{info.FileName} {string.Join(' ', info.ArgumentList)}: {errors} {(output.IsCompletedSuccessfully ? "" : "(no output)")}");
        }
    }

    private void WaitUntilReady()
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Execute("postgres", "SELECT 1");
                return;
            }
            catch (NpgsqlException) when (clock.Elapsed < StartLimit && !_server.HasExited)
            {
                // It has no signal of its own; its socket comes within a second, and the process ends where it cannot start.
                _server.WaitForExit(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    private void Execute(string database, string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString(database, pooling: false));
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names are made here.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
