using System.Net;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Alerts;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Dashboard.Tests.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Alerts;

public sealed class SqliteAlertLinkTests() : AlertLinkTests(DatabaseKind.Sqlite);

public sealed class PostgreSqlAlertLinkTests() : AlertLinkTests(DatabaseKind.PostgreSql);

public abstract class AlertLinkTests(DatabaseKind kind) : TriageApiSetup(kind)
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private AlertLinks Made => Dashboard.Get<AlertLinks>();

    [Fact]
    public async Task Get_AsOftenAsAScannerLikes_ChangesNothing()
    {
        var (problem, code) = await AddAlertAsync();
        using var client = NewClient();
        for (var times = 0; times < 3; times++)
        {
            Assert.Contains("alert-action", await client.GetStringAsync(PathOf(code), Token), StringComparison.Ordinal);
        }

        Assert.Empty(Dashboard.Get<ProblemTriages>().Of(problem));
        Assert.True((await Made.LookAsync(code, Token)).IsSuccess);
    }

    [Fact]
    public async Task Post_Twice_AcknowledgesOnceAndIsAudited()
    {
        var (problem, code) = await AddAlertAsync();
        using var client = NewClient();
        Assert.Equal(HttpStatusCode.OK, await PostAsync(client, code, "acknowledge"));
        var triage = Assert.Single(Dashboard.Get<ProblemTriages>().Of(problem));
        Assert.NotNull(triage.Acknowledgement);
        Assert.Null(triage.Silence);
        Assert.False((await Made.UseAsync(code, Token)).IsSuccess);
        Assert.Equal(["alert.link.acknowledge"], (await AuditAsync("alert.link")).Select(entry => entry.What));
    }

    [Fact]
    public async Task Post_Silence_IsForAnHour()
    {
        var (problem, code) = await AddAlertAsync();
        using var client = NewClient();
        var before = TimeProvider.System.GetUtcNow();
        await PostAsync(client, code, "silence");
        var silence = Assert.Single(Dashboard.Get<ProblemTriages>().Of(problem)).Silence!;
        Assert.InRange(silence.Until - before, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(62));
    }

    [Fact]
    public async Task Use_ByTenAtOnce_SucceedsForOne()
    {
        var (_, code) = await AddAlertAsync();
        var used = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Made.UseAsync(code, Token)));
        Assert.Equal(1, used.Count(outcome => outcome.IsSuccess));
    }

    [Fact]
    public async Task Look_CodeThatDoesNotHold_IsRefused()
    {
        var (_, code) = await AddAlertAsync();
        var parts = code.Split('.');
        foreach (var wrong in new[] { "", ".", "x", code + "A", code[..^1], $"{parts[0]}.2.{parts[2]}.{parts[3]}.{parts[4]}", $"{parts[0]}.1.{parts[2]}.99999999999.{parts[4]}", new string('a', 5_000), null })
        {
            Assert.False((await Made.LookAsync(wrong, Token)).IsSuccess);
        }

        Assert.True((await Made.LookAsync(code, Token)).IsSuccess);
    }

    [Fact]
    public async Task Look_AnotherOccurrenceOrOneThatIsOver_IsRefused()
    {
        var (_, code) = await AddAlertAsync();
        Assert.False((await Made.LookAsync(Made.MakeCode(Key, 2, 1), Token)).IsSuccess);
        await ChangeAsync(context => context.Alerts.ExecuteUpdateAsync(set => set.SetProperty(alert => alert.State, AlertState.Ended), Token));
        Assert.False((await Made.LookAsync(code, Token)).IsSuccess);
    }

    [Theory]
    [InlineData(23, true)]
    [InlineData(25, false)]
    [InlineData(-1, false)]
    public async Task Look_AfterHours_HoldsForADay(int hours, bool holds)
    {
        await AddAlertAsync();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Clock.Start);
        var code = new AlertLinks(Dashboard.Get<IDbContextFactory<DashboardContext>>(), Dashboard.Get<KeyFile>(), Dashboard.Get<AlertAddresses>(), time).MakeCode(Key, 1, await ChannelAsync());
        var later = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Clock.Start.AddHours(hours));
        Assert.Equal(holds, (await new AlertLinks(Dashboard.Get<IDbContextFactory<DashboardContext>>(), Dashboard.Get<KeyFile>(), Dashboard.Get<AlertAddresses>(), later).LookAsync(code, Token)).IsSuccess);
    }

    [Fact]
    public async Task Post_WithoutTheTokenOfTheForm_ChangesNothing()
    {
        var (problem, code) = await AddAlertAsync();
        using var client = NewClient();
        using var form = new FormUrlEncodedContent([new("_handler", "alert-action"), new("Input.Action", "acknowledge")]);
        using var response = await client.PostAsync(PathOf(code), form, Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(Dashboard.Get<ProblemTriages>().Of(problem));
    }

    private static Uri PathOf(string code) => new($"/alerts/act?code={code}", UriKind.Relative);

    private async Task<HttpStatusCode> PostAsync(HttpClient client, string code, string action)
    {
        var page = await client.GetStringAsync(PathOf(code), Token);
        using var form = new FormUrlEncodedContent([new("_handler", "alert-action"), new("__RequestVerificationToken", TestPeople.AntiforgeryToken().Match(page).Groups[1].Value), new("Input.Action", action)]);
        using var response = await client.PostAsync(PathOf(code), form, Token);
        return response.StatusCode;
    }

    /// <summary>Nobody in particular, with a place for cookies.</summary>
    private HttpClient NewClient() => new(new HttpClientHandler { CookieContainer = new() }) { BaseAddress = Dashboard.Http.BaseAddress };

    private async Task<(long Problem, string Code)> AddAlertAsync()
    {
        var problem = await AddAsync(Brn);
        var channel = await ChannelAsync();
        await ChangeAsync(async context =>
        {
            context.Alerts.Add(new()
            {
                RouteId = 1,
                GroupKey = "group",
                Key = Key,
                Occurrence = 1,
                State = AlertState.Told,
                CauseId = FindingIds.PoolStopped,
                Title = "Pool stopped",
                Subject = "BRN-WSUS01",
                Severity = Severity.Critical,
                OpenedAt = Clock.Start.UtcDateTime,
                ProblemIds = [problem],
            });
            await context.SaveChangesAsync(Token);
        });
        return (problem, Made.MakeCode(Key, 1, channel));
    }

    private async Task<int> ChannelAsync()
    {
        var id = 0;
        await ChangeAsync(async context =>
        {
            var row = await context.AlertChannels.FirstOrDefaultAsync(Token);
            if (row is null)
            {
                context.AlertChannels.Add(row = new() { Name = "team", Kind = AlertChannelKind.Mail, IsEnabled = true });
                await context.SaveChangesAsync(Token);
            }

            id = row.Id;
        });
        return id;
    }

    private async Task ChangeAsync(Func<DashboardContext, Task> change)
    {
        await using var context = await Dashboard.Get<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Token);
        await change(context);
    }
}
