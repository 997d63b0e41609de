using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Host;

namespace WsusDashboard.PowerShell.Tests.Support;

/// <summary>A whole dashboard in this process, with a server that has no agent; shared by the tests of a class.</summary>
public sealed class RealDashboard : IAsyncLifetime
{
    internal const string Token = "a-token-of-the-tests-and-of-nobody-else";

    private readonly TempFolder _folder = new();
    private WebApplication _dashboard = null!;

    internal string Address { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _dashboard = DashboardHost.Build(
            [],
            options =>
            {
                (options.Port, options.EnrolmentPort) = (0, 0);
                options.ListenAddress = "127.0.0.1";
                options.DataDirectory = _folder.Path;
                options.Api.Token = new(Token);
            },
            settings: new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "None" });
        await _dashboard.StartAsync(TestContext.Current.CancellationToken);
        Address = _dashboard.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var http = new HttpClient { BaseAddress = new(Address) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        using var content = new StringContent("""{"name":"BRN-WSUS02","address":"https://127.0.0.1:1","site":"BRN"}""", System.Text.Encoding.UTF8, "application/json");
        using var added = await http.PostAsync(new Uri("/api/v1/servers", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(201, (int)added.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.StopAsync(CancellationToken.None);
        await _dashboard.DisposeAsync();
        _folder.Dispose();
    }
}
