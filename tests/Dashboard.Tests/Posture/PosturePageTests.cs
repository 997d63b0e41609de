using System.Globalization;
using Bunit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Features.Posture;
using WsusDashboard.Dashboard.Tests.Components;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;
using static WsusDashboard.Dashboard.Tests.Posture.PostureSamples;

namespace WsusDashboard.Dashboard.Tests.Posture;

/// <summary>The page of the fleet's posture and the one of a server's: what is found, what can't be said, what people accept, and how old the table is.</summary>
public sealed class PosturePageTests
{
    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_VulnerableAndUnreadableServers_AreCountedAndGroupedApart()
    {
        await using var host = await StartAsync();
        await AddAsync(host, "BRN-WSUS01", Vulnerable(Now));
        await AddAsync(host, "BRN-WSUS02", Facts(Now, revision: null));
        await AddAsync(host, "ZRH-SUP01", Facts(Now));

        var page = host.Render<PosturePage>();

        page.WaitForAssertion(() => Assert.Equal("1", page.Find("p.sentence").GetAttribute("data-vulnerable")));
        Assert.NotNull(page.Find($"section[data-kind='Vulnerability'] li[data-finding='{RemoteCode}']"));
        Assert.NotNull(page.Find($"section[data-kind='CannotSay'] li[data-finding='{PostureFindingIds.RevisionUnread}']"));
        Assert.Empty(page.FindAll($"section[data-kind='Vulnerability'] li[data-finding='{PostureFindingIds.RevisionUnread}']"));
        Assert.Equal("fresh", page.Find("[data-table]").GetAttribute("data-table"));
    }

    [Fact]
    public async Task Page_NothingCouldBeRead_IsNotGreen()
    {
        await using var host = await StartAsync();
        await host.AddServerAsync("BRN-WSUS01", TestSnapshots.Healthy(Now));
        await host.AddServerAsync("BRN-WSUS02", null);

        var page = host.Render<PosturePage>();

        page.WaitForAssertion(() => Assert.NotNull(page.Find($"section[data-kind='CannotSay'] li[data-finding='{PostureFindingIds.NotRead}']")));
        Assert.Empty(page.FindAll("p.sentence .tone-good"));
        Assert.Single(page.FindAll("section[data-kind]"));
    }

    [Theory]
    [InlineData(0, "fresh")]
    [InlineData(57, "fresh")]
    [InlineData(59, "stale")]
    public async Task Page_AgeOfTheTable_TurnsToAWarning(int daysLater, string expected)
    {
        await using var host = await StartAsync();
        host.Time.Advance(TimeSpan.FromDays(daysLater));
        await AddAsync(host, "BRN-WSUS01", Facts(host.Time.GetUtcNow()));

        var page = host.Render<PosturePage>();

        page.WaitForAssertion(() => Assert.Equal(expected, page.Find("[data-table]").GetAttribute("data-table")));
    }

    [Fact]
    public async Task Page_ClockBehindTheTable_SaysThatNothingCanBeSaid()
    {
        await using var host = await PageHost.StartAsync();
        await AddAsync(host, "BRN-WSUS01", Facts(PageHost.Start));

        var page = host.Render<PosturePage>();

        page.WaitForAssertion(() => Assert.Equal("none", page.Find("[data-table]").GetAttribute("data-table")));
        Assert.NotNull(page.Find($"section[data-kind='CannotSay'] li[data-finding='{PostureFindingIds.TableUnusable}']"));
        Assert.Empty(page.FindAll("p.sentence .tone-good"));
    }

    [Fact]
    public async Task Page_Filters_AreInTheAddress()
    {
        await using var host = await StartAsync();
        await AddAsync(host, "BRN-WSUS01", Vulnerable(Now));
        await AddAsync(host, "ZRH-SUP01", Facts(Now).WithCertificate(Now.AddDays(20)));
        host.Navigation.NavigateTo("/posture");
        var page = host.Render<PosturePage>();

        host.Navigation.NavigateTo("/posture?kind=certificate");
        page.WaitForAssertion(() => Assert.Equal([PostureFindingIds.CertificateEnds], Shown(page)));

        host.Navigation.NavigateTo("/posture?kind=certificate&severity=critical");
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".empty-state")));

        host.Navigation.NavigateTo("/posture?site=BRN&kind=certificate");
        page.WaitForAssertion(() => Assert.Empty(Shown(page)));

        host.Navigation.NavigateTo($"/posture?finding={RemoteCode}");
        page.WaitForAssertion(() => Assert.Equal(["1"], page.FindAll("tbody tr[data-server]").Select(row => row.GetAttribute("data-server"))));

        host.Navigation.NavigateTo("/posture?kind=nonsense&severity=9&page=-4&acknowledged=perhaps");
        page.WaitForAssertion(() => Assert.Contains(RemoteCode, Shown(page)));
    }

    [Fact]
    public async Task Page_Calendar_ShowsWhatEndsAndHowSoon()
    {
        await using var host = await StartAsync();
        await AddAsync(host, "BRN-WSUS01", Facts(Now).WithCertificate(Now.AddDays(12)));
        await AddAsync(host, "BRN-WSUS02", Facts(Now).WithCertificate(Now.AddDays(400)));
        await AddAsync(host, "BRN-WSUS03", Facts(Now).WithCertificate(Now.AddDays(900)));

        var page = host.Render<PosturePage>();

        page.WaitForAssertion(() => Assert.Equal(["Within30Days", "Later"], page.FindAll("#calendar tbody tr").Select(row => row.GetAttribute("data-notice"))));
    }

    [Fact]
    public async Task Server_AcceptedUntilADay_IsNotCountedUntilThenAndCountsAgainByItself()
    {
        await using var host = await StartAsync();
        var server = await AddAsync(host, "BRN-WSUS01", Vulnerable(Now));
        await AddAsync(host, "BRN-WSUS02", Facts(Now));
        var page = host.Render<ServerPosture>(parameters => parameters.Add(view => view.Id, server));
        page.WaitForAssertion(() => Assert.NotNull(page.Find($"[data-acknowledge='{RemoteCode}'] button")));

        await page.Find($"[data-acknowledge='{RemoteCode}'] button").ClickAsync(new());
        await page.Find("form .mud-picker input").ChangeAsync(new() { Value = Now.AddDays(10).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) });
        await page.Find("form textarea").InputAsync(new() { Value = "  Replaced in January.  " });
        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains("Replaced in January.", page.Find($"li[data-finding='{RemoteCode}'] [data-accepted]").TextContent, StringComparison.Ordinal));
        Assert.Equal(0, (await SummaryAsync(host)).OpenToTakeover);
        Assert.Equal(1, (await SummaryAsync(host)).Acknowledged);

        // The end of the day, wherever the viewer is.
        host.Time.Advance(TimeSpan.FromDays(11.7));
        Assert.Equal(1, (await SummaryAsync(host)).OpenToTakeover);
        Assert.Equal(0, (await SummaryAsync(host)).Acknowledged);
    }

    [Fact]
    public async Task Server_TakenBack_CountsAgain()
    {
        await using var host = await StartAsync();
        var server = await AddAsync(host, "BRN-WSUS01", Vulnerable(Now));
        await AcceptAsync(host, RemoteCode, Now.AddDays(30));
        var page = host.Render<ServerPosture>(parameters => parameters.Add(view => view.Id, server));
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-accepted]")));

        await page.Find("[data-accepted] button").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-accepted]")));
        Assert.Equal(1, (await SummaryAsync(host)).OpenToTakeover);
    }

    [Fact]
    public async Task Accepted_FindingBecomesMoreSevere_IsNoLongerAccepted()
    {
        await using var host = await StartAsync();
        await AddAsync(host, "BRN-WSUS01", Facts(Now).WithCertificate(Now.AddDays(25)));
        await AcceptAsync(host, PostureFindingIds.CertificateEnds, Now.AddDays(30));
        Assert.Single((await RowsAsync(host, new() { IsAcknowledged = true })).Items);

        host.Time.Advance(TimeSpan.FromDays(20));

        Assert.Empty((await RowsAsync(host, new() { IsAcknowledged = true })).Items);
        Assert.Contains((await RowsAsync(host, new() { IsAcknowledged = false })).Items, row => row.Finding is { Id: PostureFindingIds.CertificateEnds, Severity: PostureSeverity.Critical });
    }

    [Fact]
    public async Task Accepted_ServerIsRemoved_GoesWithIt()
    {
        await using var host = await StartAsync();
        await AddAsync(host, "BRN-WSUS01", Vulnerable(Now));
        await AcceptAsync(host, RemoteCode, Now.AddDays(30));

        await host.WriteAsync(context => context.Servers.Where(server => server.Id == 1).ExecuteDelete());

        await using var reading = await host.Services.GetRequiredService<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Token);
        Assert.Equal(0, await reading.PostureAcknowledgements.CountAsync(Token));
    }

    [Fact]
    public async Task Page_TextsOfAHostileAgent_AreTextsAndDoNotCount()
    {
        await using var host = await StartAsync();
        const string Trick = "<script>alert(1)</script>";
        var findings = Enumerable.Range(1, 100).Select(number => new PostureFinding
        {
            Id = $"cve-2027-{number}",
            Kind = PostureKind.Vulnerability,
            Severity = PostureSeverity.Critical,
            Title = Trick,
            Allows = Trick,
            Evidence = [new(Trick, Trick, Trick, null)],
        });
        await AddAsync(host, "BRN-WSUS01", Facts(Now).JudgedByAgent([.. findings]));
        await AddAsync(host, "BRN-WSUS02", Facts(Now));

        var page = host.Render<PosturePage>();

        page.WaitForAssertion(() => Assert.Equal(50, Shown(page).Count(id => id!.StartsWith("cve-2027-", StringComparison.Ordinal))));
        Assert.Empty(page.FindAll("script"));
        Assert.Equal((1, 1), ((await SummaryAsync(host)).Vulnerable, (await SummaryAsync(host)).JudgedByAgents));
    }

    [Fact]
    public async Task Fleet_VulnerableServer_SaysSoInALineOfItsOwn()
    {
        await using var host = await StartAsync();
        await AddAsync(host, "BRN-WSUS01", Vulnerable(Now));
        await AddAsync(host, "BRN-WSUS02", Facts(Now));

        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Equal("1", page.Find("p.posture").GetAttribute("data-vulnerable")));
        Assert.Equal("2", page.Find(".tiles a[href*='healthy'] .number").TextContent);
    }

    [Fact]
    public async Task Server_ThatIsNotThere_SaysSo()
    {
        await using var host = await StartAsync();

        var page = host.Render<ServerPosture>(parameters => parameters.Add(view => view.Id, 77));

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".empty-state")));
    }

    [Theory]
    [InlineData("UTC", "2026-12-06T00:00:00Z")]
    [InlineData("Europe/Zurich", "2026-12-05T23:00:00Z")]
    [InlineData("America/Los_Angeles", "2026-12-06T08:00:00Z")]
    public void EndOf_DayOfTheViewer_IsItsMidnight(string zone, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), AcknowledgePanel.EndOf(new(2026, 12, 5), TimeZoneInfo.FindSystemTimeZoneById(zone)));

    private static async Task<PageHost> StartAsync()
    {
        var host = await PageHost.StartAsync();
        host.Time.SetUtcNow(Now);
        return host;
    }

    private static async Task<int> AddAsync(PageHost host, string name, PostureState facts)
    {
        var now = host.Time.GetUtcNow();
        return (await host.AddServerAsync(name, TestSnapshots.Healthy(now) with { Posture = Section(facts, now) })).Id;
    }

    private static IEnumerable<string?> Shown(IRenderedComponent<PosturePage> page) => page.FindAll("li[data-finding]").Select(item => item.GetAttribute("data-finding"));

    private static Task<PostureSummary> SummaryAsync(PageHost host) => host.Services.GetRequiredService<PostureService>().GetSummaryAsync(new(), Token);

    private static Task<Kernel.Paged<PostureRow>> RowsAsync(PageHost host, PostureQuery query) => host.Services.GetRequiredService<PostureService>().GetPageAsync(query, Token);

    private static async Task AcceptAsync(PageHost host, string finding, DateTimeOffset until)
    {
        var accepted = await host.Services.GetRequiredService<PostureAcknowledgements>().AddAsync(finding, new(until, "Known."), null, null, Token);
        Assert.True(accepted.IsSuccess, accepted.Failure?.Message);
    }
}
