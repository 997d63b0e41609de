using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>A dashboard with a server in each of two sites, problems that are rows, and people who ask over REST.</summary>
public abstract class TriageApiSetup(DatabaseKind kind) : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly TestDatabase _database = new(kind);

    private protected TestDashboard Dashboard { get; private set; } = null!;

    /// <summary>Id of a server of the site BRN.</summary>
    protected int Brn { get; private set; }

    /// <summary>Id of a server of the site ZRH.</summary>
    protected int Zrh { get; private set; }

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Dashboard = await TestDashboard.StartAsync(_folder, options =>
        {
            options.Database.Provider = _database.Options.Database.Provider;
            options.Database.ConnectionString = _database.Options.Database.ConnectionString;
        });
        await using var context = await ContextAsync();
        var (brn, zrh) = (TestDatabase.NewServer("BRN-WSUS01"), TestDatabase.NewServer("ZRH-WSUS01"));
        zrh.Site = "ZRH";
        context.Servers.AddRange(brn, zrh);
        await context.SaveChangesAsync(Token);
        (Brn, Zrh) = (brn.Id, zrh.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await Dashboard.DisposeAsync();
        _folder.Dispose();
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    protected static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private Task<DashboardContext> ContextAsync() => Dashboard.Get<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Token);

    protected Task<long> AddAsync(params int[] servers) => AddAsync(ProblemState.Open, servers);

    protected Task<long> AddAsync(ProblemState state, params int[] servers) => AddAsync(FindingIds.PoolStopped, state, servers);

    protected async Task<long> AddAsync(string cause, ProblemState state, params int[] servers)
    {
        await using var context = await ContextAsync();
        var problem = new ProblemEntity { CauseId = cause, Title = cause, Kind = servers.Length == 1 ? ProblemKind.Server : ProblemKind.Outage, GroupKey = servers.Length == 1 ? "" : "group", CreatedAt = Clock.Start.UtcDateTime };
        context.Problems.Add(problem);
        await context.SaveChangesAsync(Token);
        foreach (var server in servers)
        {
            context.ProblemServers.Add(new()
            {
                ProblemId = problem.Id,
                ServerId = server,
                CauseId = cause,
                Title = cause,
                State = state,
                Severity = Severity.Critical,
                StateSince = Clock.Start.UtcDateTime,
                Since = Clock.Start.UtcDateTime,
                OpenedAt = Clock.Start.UtcDateTime,
                ResolvedAt = state == ProblemState.Resolved ? Clock.Start.UtcDateTime : null,
            });
            context.ProblemEvents.Add(new() { ProblemId = problem.Id, ServerId = server, At = Clock.Start.UtcDateTime, Kind = ProblemEventKind.Opened, CauseId = cause, Title = cause, Severity = Severity.Critical });
        }

        await context.SaveChangesAsync(Token);
        return problem.Id;
    }

    private protected async Task<SignedIn> ClientAsync(string name, Role role, params string[] sites)
    {
        var person = await Dashboard.AddPersonAsync(name, new Grant(role, SiteScope.Of(sites)));
        return new(Dashboard.Client((await Dashboard.AddTokenAsync(person)).Text), person);
    }

    protected async Task ChangePeopleAsync(Func<SecurityContext, Task> change)
    {
        await using (var context = await Dashboard.Get<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token))
        {
            await change(context);
        }

        await Dashboard.Get<AccessCache>().ReloadAsync(Token);
    }

    protected async Task<List<AuditEntry>> AuditAsync(string prefix)
    {
        await using var context = await Dashboard.Get<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token);
        return await context.AuditEntries.AsNoTracking().Where(entry => entry.What.StartsWith(prefix)).OrderBy(entry => entry.Sequence).ToListAsync(Token);
    }

    protected Task<JsonElement> GetAsync(FormattableString path, HttpClient? client = null) => (client ?? Dashboard.Http).GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/problems/{Format(path)}", UriKind.Relative), Token);

    protected static async Task<List<long>> IdsAsync(string query, HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/problems{query}", UriKind.Relative), Token)).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetInt64())];

    protected static async Task<(int Status, JsonElement Body)> SendAsync(HttpClient client, HttpMethod method, FormattableString path, object? body = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/api/v1/problems/{Format(path)}", UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        if (ifMatch is not null)
        {
            request.Headers.IfMatch.Add(new($"\"{ifMatch}\""));
        }

        using var response = await client.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    /// <summary>A client with the token of a person.</summary>
    private protected sealed record SignedIn(HttpClient Http, string PersonId) : IDisposable
    {
        public void Dispose() => Http.Dispose();
    }
}
