using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Api;

/// <summary>What somebody learns here without signing in: that it is alive and whether it is ready, nothing else.</summary>
public sealed class OpennessTests : IDisposable
{
    private static readonly Uri Description = new("/openapi/v1.json", UriKind.Relative);
    private static readonly Uri Ready = new("/health/ready", UriKind.Relative);

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Description_WithoutSigningIn_IsRefusedUnlessTheOptionsOpenIt()
    {
        await using (var closed = await TestDashboard.StartAsync(_folder))
        {
            var (viewer, _) = await closed.AddTokenAsync(await closed.AddPersonAsync("viewer", new Grant(Role.Viewer, SiteScope.Of("BRN"))));
            var (nothing, _) = await closed.AddTokenAsync(await closed.AddPersonAsync("nobody-yet"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(closed, null));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(closed, "made-up"));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(closed, nothing));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(closed, viewer));
        }

        await using var open = await TestDashboard.StartAsync(_folder, options => options.Api.OpenDescription = true);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(open, null));
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_WithoutSigningIn_IsAStatusAndNothingElse(string path)
    {
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        dashboard.Get<StorageHealth>().ReportFailure(StorageProblem.ReadOnly);
        using var stranger = dashboard.Client(null);

        using var answer = await stranger.GetAsync(new Uri(path, UriKind.Relative), Token);
        var text = await answer.Content.ReadAsStringAsync(Token);

        Assert.Equal(["status"], JsonDocument.Parse(text).RootElement.EnumerateObject().Select(property => property.Name));
        Assert.DoesNotContain(_folder.Path, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_ForSomebodySignedIn_SaysWhatIsWrong()
    {
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        await Eventually.Async(async () => (await dashboard.Http.GetAsync(Ready, Token)).StatusCode, status => status == HttpStatusCode.OK);
        dashboard.Get<StorageHealth>().ReportFailure(StorageProblem.ReadOnly);

        var answer = await dashboard.Http.GetFromJsonAsync<JsonElement>(Ready, Token);

        var check = answer.GetProperty("checks").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == "database");
        Assert.Contains(_folder.Path, check.GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(TestDashboard dashboard, string? token)
    {
        using var client = dashboard.Client(token);
        using var response = await client.GetAsync(Description, Token);
        return response.StatusCode;
    }
}
