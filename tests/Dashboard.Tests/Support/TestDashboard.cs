using WsusDashboard.Dashboard.Kernel.Options;
using System.Globalization;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Agents.Trust;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Host;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>A whole dashboard on a port of its own, over a folder that outlives it.</summary>
internal sealed class TestDashboard : IAsyncDisposable
{
    private static readonly Dictionary<string, string?> Quiet = new() { ["Logging:LogLevel:Default"] = "None" };

    /// <summary>The API token of an admin of the whole fleet that every test dashboard takes.</summary>
    public const string Token = "a-token-of-the-tests-and-of-nobody-else";

    private readonly WebApplication _app;
    private bool _isEnded;

    private TestDashboard(WebApplication app)
    {
        _app = app;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Http = new HttpClient { BaseAddress = new Uri(address), Timeout = Eventually.Limit };
        Http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
    }

    /// <summary>A client with the token; make another one to ask as somebody else.</summary>
    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public LiveFleet Live => Get<LiveFleet>();

    public HistoryWriter Writer => Get<HistoryWriter>();

    public static async Task<TestDashboard> StartAsync(TempFolder folder, Action<DashboardOptions>? configure = null, TimeProvider? clock = null)
    {
        var app = DashboardHost.Build(
            [],
            options =>
            {
                (options.Port, options.EnrolmentPort) = (0, 0);
                options.ListenAddress = "127.0.0.1";
                options.DataDirectory = folder.Path;
                options.Agents.StaggerSeconds = 0;
                options.Agents.MaximumRetrySeconds = 1;

                // A fake agent sends no heartbeat, and a slow machine is no silent agent: its watch is not opened again.
                options.Agents.SilenceSeconds = 600;
                options.Api.Token = new(Token);
                options.Api.RequestsPerMinute = 100_000;
                configure?.Invoke(options);

                // A folder that had a database keeps what the test made of it, also none.
                if (options.Database.Provider == DatabaseOptions.Sqlite && !File.Exists(options.AuditHeadPath))
                {
                    TestClusters.CopySqlite(options.DatabasePath);
                }
            },
            clock,
            Quiet);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public async Task<int> AddServerAsync(string address, string name = "BRN-WSUS02", string site = "BRN")
    {
        await using var scope = _app.Services.CreateOwnScope();
        var added = await scope.ServiceProvider.GetRequiredService<ServerService>().AddAsync(new() { Name = name, Address = address, Site = site }, TestContext.Current.CancellationToken);
        Assert.True(added.IsSuccess, added.Failure?.Message);
        await PairAsync(added.Value.Id);
        return added.Value.Id;
    }

    /// <summary>What a pairing with a fake agent leaves behind.</summary>
    public Task PairAsync(int serverId) => Get<ServerTrusts>().BeginAsync(
        serverId, new ServerTrust(FakeAgent.Pin, null, Get<HubIdentity>().Keys.Current.Pin), "", "tests", TimeProvider.System.GetUtcNow());

    /// <summary>Waits, by the changes of the live state, until a server is as expected.</summary>
    public async Task<LiveServer> UntilAsync(int serverId, Func<LiveServer, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Eventually.Limit);
        using var changes = Live.Subscribe(server => server.Id == serverId);
        if (changes.Snapshot.FirstOrDefault(condition) is { } now)
        {
            return now;
        }

        await foreach (var batch in changes.ReadAsync(limit.Token))
        {
            if (batch.Changed.FirstOrDefault(condition) is { } changed)
            {
                return changed;
            }
        }

        throw new InvalidOperationException("The live state ended.");
    }

    /// <summary>Waits until the events up to this one are stored.</summary>
    public Task StoredAsync(int serverId, long sequence) => Eventually.TrueAsync(() => Writer.GetCursor(serverId).Sequence >= sequence);

    public async Task<T> ReadAsync<T>(Func<DashboardContext, Task<T>> read)
    {
        await using var context = await Get<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        return await read(context);
    }

    public async Task<(int Status, System.Text.Json.JsonElement Body, string? Location)> PostAsync(string path, object? body)
    {
        using var response = await Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(TestContext.Current.CancellationToken), response.Headers.Location?.ToString());
    }

    public static string Path(string format, params object[] values) => string.Format(CultureInfo.InvariantCulture, format, values);

    /// <summary>Ends without a stop: nothing is written at the end, as after a kill.</summary>
    public async Task KillAsync()
    {
        _isEnded = true;
        Http.Dispose();
        var database = _app.Services.GetRequiredService<DatabaseProvider>();
        await _app.DisposeAsync();
        if (database.IsPostgreSql)
        {
            // A pool keeps some connections for each database that there ever was.
            await using var connection = new Npgsql.NpgsqlConnection(database.ConnectionString);
            Npgsql.NpgsqlConnection.ClearPool(connection);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isEnded)
        {
            await _app.StopAsync(CancellationToken.None);
            await KillAsync();
        }
    }
}
