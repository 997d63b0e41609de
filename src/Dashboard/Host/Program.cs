using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using WsusDashboard.Dashboard.Features.SignIn;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Host;

internal static class Program
{
    /// <summary>Checks the audit instead of starting: exit code 0 = intact, 2 = broken.</summary>
    private const string VerifySwitch = "--verify-audit";

    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            await using var dashboard = DashboardHost.Build([.. arguments.Where(argument => argument != VerifySwitch)]);
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
