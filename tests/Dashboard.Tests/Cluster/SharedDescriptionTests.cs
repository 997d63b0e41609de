using System.Net.Http.Json;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Cluster;

/// <summary>What somebody says about a server at one dashboard is in the live fleet of the other.</summary>
public sealed class SharedDescriptionTests : IAsyncLifetime
{
    private readonly TempFolder _firstFolder = new();
    private readonly TempFolder _secondFolder = new();
    private readonly string _connectionString;
    private TestDashboard _first = null!;
    private TestDashboard _second = null!;

    public SharedDescriptionTests()
    {
        var (cluster, database) = TestClusters.CreateDatabase();
        _connectionString = cluster.ConnectionString(database);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _first = await StartAsync(_firstFolder, null);
        var (_, body, _) = await _first.PostAsync("/api/v1/hub/join-tokens", new { });
        _second = await StartAsync(_secondFolder, body.GetProperty("token").GetString());
    }

    public async ValueTask DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
        _firstFolder.Dispose();
        _secondFolder.Dispose();
    }

    [Fact]
    public async Task Description_AtOneDashboard_IsInTheFleetOfTheOther_AndSoIsTheEndOfItsTag()
    {
        var id = await _first.AddServerAsync("https://127.0.0.1:6101");
        await _second.UntilAsync(id, server => server.Name.Length > 0);

        using var described = await _first.Http.PatchAsJsonAsync(new Uri($"/api/v1/servers/{id}/description", UriKind.Relative), new { tags = new[] { "ring 1" }, owner = "Team Bern" }, Token);
        Assert.True(described.IsSuccessStatusCode, await described.Content.ReadAsStringAsync(Token));
        await _second.UntilAsync(id, server => server.Description.HasTag("ring 1") && server.Description.IsOwnedBy("team bern"));

        using var deleted = await _second.Http.DeleteAsync(new Uri("/api/v1/tags/ring%201", UriKind.Relative), Token);
        Assert.True(deleted.IsSuccessStatusCode, await deleted.Content.ReadAsStringAsync(Token));
        await _first.UntilAsync(id, server => !server.Description.HasTag("ring 1"));
        Assert.Equal("ring 1", _first.Get<ServerDescriptionReader>().Tags.FindDeleted("Ring 1")?.Tag);
    }

    private Task<TestDashboard> StartAsync(TempFolder folder, string? token) => TestDashboard.StartAsync(folder, options =>
    {
        options.Database.Provider = DatabaseOptions.PostgreSql;
        options.Database.ConnectionString = _connectionString;
        options.Join.Token = token is null ? Secret.Empty : new(token);
    });
}
