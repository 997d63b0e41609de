using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Cluster;

/// <summary>What somebody decides at one dashboard is in force at the other.</summary>
public sealed class SharedTriageTests : IAsyncLifetime
{
    private readonly TempFolder _firstFolder = new();
    private readonly TempFolder _secondFolder = new();
    private readonly string _connectionString;
    private TestDashboard _first = null!;
    private TestDashboard _second = null!;

    public SharedTriageTests()
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
    public async Task Decision_AtOneDashboard_IsInMemoryAtTheOtherAndTellsItsPages()
    {
        var id = await AddAsync();
        var (here, there) = (_first.Get<ProblemTriages>(), _second.Get<ProblemTriages>());
        using var reader = _second.Get<ProblemFeed>().Subscribe();
        await using var told = reader.ReadAsync(Token).GetAsyncEnumerator(Token);

        using var stored = await _first.Http.PutAsJsonAsync(new Uri($"/api/v1/problems/{id}/silence", UriKind.Relative), new { hours = 1, reason = "moving" }, Token);
        Assert.True(stored.IsSuccessStatusCode);
        Assert.True(here.IsSilenced(id, ["BRN"], TimeProvider.System.GetUtcNow()));

        await Eventually.TrueAsync(() => there.IsSilenced(id, ["BRN"], TimeProvider.System.GetUtcNow()));
        Assert.True(await told.MoveNextAsync().AsTask().WaitAsync(Eventually.Limit, Token));
        Assert.Contains(id, told.Current);

        // A comment has no row there, and is told all the same; taking back works at any of them.
        using var commented = await _first.Http.PostAsJsonAsync(new Uri($"/api/v1/problems/{id}/comments", UriKind.Relative), new { text = "soon" }, Token);
        Assert.True(commented.IsSuccessStatusCode);
        Assert.True(await told.MoveNextAsync().AsTask().WaitAsync(Eventually.Limit, Token));
        Assert.Contains(id, told.Current);
        using var ended = await _second.Http.DeleteAsync(new Uri($"/api/v1/problems/{id}/silence", UriKind.Relative), Token);
        Assert.True(ended.IsSuccessStatusCode);
        await Eventually.TrueAsync(() => !here.IsSilenced(id, ["BRN"], TimeProvider.System.GetUtcNow()));
    }

    [Fact]
    public async Task Acknowledgement_AtBothAtOnce_OneIsStored()
    {
        var id = await AddAsync();

        var answers = await Task.WhenAll(new[] { _first, _second }.SelectMany(dashboard => Enumerable.Range(1, 4).Select(async hours =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"/api/v1/problems/{id}/acknowledgement", UriKind.Relative)) { Content = JsonContent.Create(new { hours }) };
            request.Headers.IfMatch.Add(new("\"0\""));
            using var response = await dashboard.Http.SendAsync(request, Token);
            return (int)response.StatusCode;
        })));

        Assert.Equal([200, 409, 409, 409, 409, 409, 409, 409], answers.Order());
    }

    /// <summary>An open problem, as rows.</summary>
    private async Task<long> AddAsync()
    {
        await using var context = await _first.Get<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Token);
        var server = TestDatabase.NewServer("BRN-WSUS01");
        var problem = new ProblemEntity { CauseId = FindingIds.PoolStopped, Title = "Pool stopped", CreatedAt = Clock.Start.UtcDateTime };
        context.AddRange(server, problem);
        await context.SaveChangesAsync(Token);
        context.ProblemServers.Add(new()
        {
            ProblemId = problem.Id,
            ServerId = server.Id,
            CauseId = problem.CauseId,
            Title = problem.Title,
            State = ProblemState.Open,
            Severity = Severity.Critical,
            StateSince = Clock.Start.UtcDateTime,
            Since = Clock.Start.UtcDateTime,
            OpenedAt = Clock.Start.UtcDateTime,
        });
        await context.SaveChangesAsync(Token);
        return problem.Id;
    }

    private Task<TestDashboard> StartAsync(TempFolder folder, string? token) => TestDashboard.StartAsync(folder, options =>
    {
        options.Database.Provider = DatabaseOptions.PostgreSql;
        options.Database.ConnectionString = _connectionString;
        options.Join.Token = token is null ? Secret.Empty : new(token);
    });
}
