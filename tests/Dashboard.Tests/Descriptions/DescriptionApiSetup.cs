using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Descriptions;

/// <summary>A dashboard with a server in each of two sites, and people who ask over REST.</summary>
public abstract class DescriptionApiSetup(DatabaseKind kind) : IAsyncLifetime
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
        Brn = await Dashboard.AddServerAsync("https://127.0.0.1:6101", "BRN-WSUS01");
        Zrh = await Dashboard.AddServerAsync("https://127.0.0.1:6102", "ZRH-WSUS01", "ZRH");
    }

    public async ValueTask DisposeAsync()
    {
        await Dashboard.DisposeAsync();
        _folder.Dispose();
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    protected static List<string?> Texts(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(item => item.GetString())];

    private protected async Task<SignedIn> ClientAsync(string name, Role role, params string[] sites)
    {
        var person = await Dashboard.AddPersonAsync(name, new Grant(role, sites.Length == 0 ? SiteScope.WholeFleet : SiteScope.Of(sites)));
        return new(Dashboard.Client((await Dashboard.AddTokenAsync(person)).Text), person);
    }

    protected async Task<List<AuditEntry>> AuditAsync(string what)
    {
        await using var context = await Dashboard.Get<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token);
        return await context.AuditEntries.AsNoTracking().Where(entry => entry.What == what).OrderBy(entry => entry.Sequence).ToListAsync(Token);
    }

    protected async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null, string? ifMatch = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/api/v1/{path}", UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        if (ifMatch is not null)
        {
            request.Headers.IfMatch.Add(new($"\"{ifMatch}\""));
        }

        using var response = await (client ?? Dashboard.Http).SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        if (response.Headers.ETag is { } tag)
        {
            Assert.Equal($"\"{Text(JsonSerializer.Deserialize<JsonElement>(text), "revision")}\"", tag.Tag);
        }

        return ((int)response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    protected Task<(int Status, JsonElement Body)> DescribeAsync(int server, object body, string? ifMatch = null, HttpClient? client = null) =>
        SendAsync(HttpMethod.Patch, string.Create(CultureInfo.InvariantCulture, $"servers/{server}/description"), body, ifMatch, client);

    protected async Task<JsonElement> GetAsync(string path, HttpClient? client = null) => (await SendAsync(HttpMethod.Get, path, client: client)).Body;

    protected async Task<List<int>> IdsAsync(string path, HttpClient? client = null) => [.. (await GetAsync(path, client)).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetInt32())];

    /// <summary>A client with the token of a person.</summary>
    private protected sealed record SignedIn(HttpClient Http, string PersonId) : IDisposable
    {
        public void Dispose() => Http.Dispose();
    }
}
