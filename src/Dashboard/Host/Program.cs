using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using WsusDashboard.Dashboard.Backups;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Importing;
using WsusDashboard.Dashboard.Features.EvidencePacks;
using WsusDashboard.Dashboard.Features.SignIn;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Host;

internal static class Program
{
    /// <summary>Checks the audit instead of starting: exit code 0 = intact, 2 = broken.</summary>
    private const string VerifySwitch = "--verify-audit";

    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            var (settings, evidencePath) = TakeFile(arguments, EvidenceVerification.Switch, "an evidence pack (.zip)");
            if (evidencePath is not null)
            {
                return await VerifyEvidenceAsync([.. settings], evidencePath);
            }

            (settings, var backupPath) = TakeFile([.. settings], BackupWriter.Switch, "the backup to write (.zip), or a folder for it");
            if (backupPath is not null)
            {
                return await BackUpAsync([.. settings], backupPath);
            }

            (settings, var restorePath) = TakeFile([.. settings], BackupRestore.Switch, "a backup (.zip)");
            if (restorePath is not null)
            {
                return await RestoreAsync([.. settings], restorePath);
            }

            (settings, var importPath) = TakeFile([.. settings], SqliteImport.Switch, "the dashboard.db of the data folder, or one of its backups");
            await using var dashboard = DashboardHost.Build([.. settings.Where(argument => argument != VerifySwitch)]);
            if (importPath is not null)
            {
                return await ImportAsync(dashboard, importPath);
            }

            if (arguments.Contains(VerifySwitch))
            {
                return await VerifyAuditAsync(dashboard);
            }

            await StartAsync(dashboard);
            var telling = TellFirstAdminAsync(dashboard);
            await dashboard.WaitForShutdownAsync();
            await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 0;
        }
        catch (OptionsValidationException exception)
        {
            await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, exception.Failures));
            return 1;
        }
        catch (DashboardStartException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // Kestrel names the address, and whether it's in use, not of this computer or not allowed.
            await Console.Error.WriteLineAsync($"The dashboard can't start: {exception.Message} Choose another address with --Dashboard:ListenAddress and --Dashboard:Port, or another --Dashboard:EnrolmentPort.");
            return 1;
        }
    }

    /// <summary>What began before an address was refused is ended in order: its services must not be taken from under it.</summary>
    private static async Task StartAsync(WebApplication dashboard)
    {
        try
        {
            await dashboard.StartAsync();
        }
        catch
        {
            await dashboard.StopAsync();
            throw;
        }
    }

    /// <exception cref="DashboardStartException">The switch has no file after it.</exception>
    private static (IReadOnlyList<string> Settings, string? Path) TakeFile(string[] arguments, string name, string what)
    {
        var at = Array.IndexOf(arguments, name);
        if (at < 0)
        {
            return (arguments, null);
        }

        return at + 1 < arguments.Length && !arguments[at + 1].StartsWith("--", StringComparison.Ordinal)
            ? ([.. arguments[..at], .. arguments[(at + 2)..]], arguments[at + 1])
            : throw new DashboardStartException($"{name} needs a file after it: {what}.");
    }

    private static async Task<int> BackUpAsync(string[] settings, string target)
    {
        var withKeys = settings.Contains(BackupWriter.KeysSwitch);
        var options = DashboardHost.ReadOptions([.. settings.Where(argument => argument != BackupWriter.KeysSwitch)]);
        var written = await new BackupWriter(options, DatabaseProvider.From(options), TimeProvider.System).WriteAsync(target, withKeys, CancellationToken.None);
        await Console.Out.WriteLineAsync($"Wrote {written.Path} ({Wording.Size(written.Bytes / 1024)}): {Wording.Number(written.Manifest.Rows)} rows of {written.Manifest.Tables.Count} tables.");
        await Console.Out.WriteLineAsync(withKeys
            ? "It holds the key file and the identity: whoever has this file has the dashboard. Keep it as you keep them."
            : $"The key file {options.KeyFilePath} and the identity aren't in it. Keep copies of them in another place: without them a restore loses sessions, authenticator apps, the proof of the audit and the pairings.");
        return 0;
    }

    private static async Task<int> RestoreAsync(string[] settings, string path)
    {
        var options = DashboardHost.ReadOptions(settings);
        using var folder = DataFolder.Hold(options);
        var manifest = await new BackupRestore(options, DatabaseProvider.From(options)).RunAsync(path, CancellationToken.None);
        await Console.Out.WriteLineAsync($"Restored the dashboard as it was at {Wording.Time(manifest.MadeAt)}: {Wording.Number(manifest.Rows)} rows of {manifest.Tables.Count} tables, counted again. Check who may sign in, then start it.");
        return 0;
    }

    private static async Task<int> VerifyEvidenceAsync(string[] settings, string path)
    {
        var verdict = EvidenceVerification.Open(DashboardHost.ReadOptions(settings)).Verify(path);
        await Console.Out.WriteLineAsync(verdict.Sentence);
        return verdict.IsIntact ? 0 : 2;
    }

    private static async Task<int> ImportAsync(WebApplication dashboard, string path)
    {
        using var ending = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            ending.Cancel();
        };
        try
        {
            var tables = await new SqliteImport(dashboard.Services.GetRequiredService<DatabaseProvider>(), dashboard.Services.GetRequiredService<DashboardOptions>()).RunAsync(path, Console.Out, ending.Token);
            await Console.Out.WriteLineAsync($"Imported {Wording.Number(tables.Sum(table => table.Rows))} rows of {tables.Count} tables, counted in both databases. The file is unchanged.");
            return 0;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped; nothing was imported.");
            return 1;
        }
    }

    private static async Task<int> VerifyAuditAsync(WebApplication dashboard)
    {
        var (isIntact, sentence) = await OwnAccess.VerifyAuditAsync(dashboard.Services, CancellationToken.None);
        await Console.Out.WriteLineAsync(sentence);
        return isIntact ? 0 : 2;
    }

    /// <summary>While there is no admin, whoever sees this console may make one. It waits for the database, and ends with the dashboard.</summary>
    private static async Task TellFirstAdminAsync(WebApplication dashboard)
    {
        if (await OwnAccess.MakeFirstAdminLinkAsync(dashboard.Services, dashboard.Lifetime.ApplicationStopping) is { } link)
        {
            var address = dashboard.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
            var told = dashboard.Services.GetRequiredService<OwnAddress>().For(address);
            await Console.Out.WriteLineAsync($"There is no admin yet. Create the first one here (the link works once, for an hour): {told}{link}");
        }
    }
}
