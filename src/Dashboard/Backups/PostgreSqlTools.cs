using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Backups;

/// <summary>pg_dump and pg_restore: the programs of PostgreSQL itself know every version of it. The password goes by the environment, never on the command line, where everyone could read it.</summary>
internal static class PostgreSqlTools
{
    private const string DebianFolder = "/usr/lib/postgresql";
    private const int MostSaid = 2_000;

    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    /// <exception cref="DashboardStartException">The program isn't there, or it refused; the message has what it said.</exception>
    public static async Task RunAsync(string program, string connectionString, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(Find(program), arguments) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["PGHOST"] = parts.Host;
        start.Environment["PGPORT"] = parts.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGDATABASE"] = parts.Database;
        start.Environment["PGUSER"] = parts.Username;
        start.Environment["PGAPPNAME"] = "WsusDashboard backup";
        start.Environment["PGSSLMODE"] = parts.SslMode switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", var mode => mode.ToString().ToLowerInvariant() };
        if (parts.Password is { Length: > 0 } password)
        {
            start.Environment["PGPASSWORD"] = password;
        }

        using var process = Begin(start, program);
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var (said, output) = (process.StandardError.ReadToEndAsync(limit.Token), process.StandardOutput.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            await output;
            if (process.ExitCode != 0)
            {
                throw new DashboardStartException($"{program} ended with exit code {process.ExitCode}: {PlainText.Cut(PlainText.Replace(await said), MostSaid)}");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DashboardStartException($"{program} didn't end within {Limit.TotalHours:N0} hours.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static Process Begin(ProcessStartInfo start, string program)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new DashboardStartException($"{program} can't be started: {exception.Message} Install PostgreSQL's client programs, of the server's version or a newer one, and put them on the PATH.");
        }
    }

    /// <summary>Debian keeps one folder a version, and none of them on the PATH: the newest reads all older ones.</summary>
    private static string Find(string program) => !Directory.Exists(DebianFolder) ? program : Directory.GetDirectories(DebianFolder)
        .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0)
        .Select(folder => Path.Combine(folder, "bin", program))
        .FirstOrDefault(File.Exists) ?? program;
}
