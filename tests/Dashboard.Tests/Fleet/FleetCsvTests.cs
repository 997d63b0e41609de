using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Fleet;

/// <summary>The fleet as a file: the same servers as the list, and no formula in it.</summary>
public sealed class FleetCsvTests
{
    private const string Formula = "=HYPERLINK(\"http://x\")";

    [Fact]
    public async Task Export_FilteredAndOrdered_HasTheServersOfTheListAsText()
    {
        using var folder = new TempFolder();
        await using var dashboard = await TestDashboard.StartAsync(folder);
        await dashboard.Live.WhenLoaded;
        Publish(dashboard, 1, "BRN-B", "BRN", Formula);
        Publish(dashboard, 2, "BRN-A", "BRN", "");
        Publish(dashboard, 3, "ZRH-A", "ZRH", "");

        var lines = await ReadAsync(dashboard.Http, "?site=BRN&sort=name");

        Assert.Equal(["server_id", "1", "2"], new[] { lines[0].Split(',')[0].Trim('\uFEFF', '"') }.Concat(lines[1..].Select(line => line.Split(',')[0]).Order()));
        Assert.Equal(["2", "1"], lines[1..].Select(line => line.Split(',')[0]));
        Assert.Contains("\"'=HYPERLINK", lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain("\"=HYPERLINK", lines[2], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.True(line.Split(',').Length >= 22));
    }

    [Fact]
    public async Task Export_AskedForFromAnotherSite_HasNothingOfThisOne()
    {
        using var folder = new TempFolder();
        await using var dashboard = await TestDashboard.StartAsync(folder);
        await dashboard.Live.WhenLoaded;
        Publish(dashboard, 1, "BRN-B", "BRN", "");
        using var elsewhere = dashboard.Client((await dashboard.AddTokenAsync(await dashboard.AddPersonAsync("zrh", new Grant(Role.Viewer, SiteScope.Of("ZRH"))))).Text);

        Assert.Single(await ReadAsync(elsewhere, ""));
        Assert.Equal(2, (await ReadAsync(dashboard.Http, "")).Length);
    }

    private static async Task<string[]> ReadAsync(HttpClient client, string query) =>
        (await client.GetStringAsync(new Uri("/api/v1/servers.csv" + query, UriKind.Relative), TestContext.Current.CancellationToken)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

    private static void Publish(TestDashboard dashboard, int id, string name, string site, string sentence) =>
        dashboard.Live.Publish(new() { Id = id, Name = name, Site = site, Address = "https://s", Baseline = "guide", Status = new() { Sentence = sentence } });
}
