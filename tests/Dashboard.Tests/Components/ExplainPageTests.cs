using Bunit;
using WsusDashboard.Dashboard.Features.Explain;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Components;

public sealed class ExplainPageTests
{
    [Theory]
    [InlineData("0x8024401B")]
    [InlineData("-2145107941")]
    [InlineData("WU_E_PT_HTTP_STATUS_PROXY_AUTH_REQ")]
    [InlineData("error 0x8024401B: at 11:58")]
    public async Task Explain_KnownNumber_ShowsItsFormsSourceAndCause(string code)
    {
        await using var host = await PageHost.StartAsync();

        var page = Open(host, $"/explain?code={Uri.EscapeDataString(code)}");

        var section = page.Find("[data-error='0x8024401B']");
        Assert.All(["-2145107941", "2149859355", "HTTP 407", "WU_E_PT_HTTP_STATUS_PROXY_AUTH_REQ", "Windows Update"], part => Assert.Contains(part, section.TextContent, StringComparison.Ordinal));
        Assert.StartsWith("https://", section.QuerySelector(".source a")!.GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains(section.QuerySelectorAll("[data-cause]"), cause => cause.GetAttribute("data-cause") == FindingIds.ProxyRefused);
    }

    [Fact]
    public async Task Explain_UnknownNumber_HasNoSourceAndNoCause()
    {
        await using var host = await PageHost.StartAsync();

        var page = Open(host, "/explain?code=0x8024ABCD");

        var section = page.Find("[data-error='0x8024ABCD']");
        Assert.Empty(section.QuerySelectorAll(".source, [data-cause]"));
        Assert.Contains("Windows Update", section.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_Words_ListsTheErrorsPageByPage()
    {
        await using var host = await PageHost.StartAsync();
        var all = ErrorNumbers.Search("certificate").ToList();
        Assert.InRange(all.Count, 51, 100);

        var page = Open(host, "/explain?code=certificate&page=2");

        Assert.Equal(all.Skip(50).Select(error => error.Number.ToString()), page.FindAll("tbody th").Select(cell => cell.TextContent));
        Assert.Equal("/explain?code=certificate", page.Find(".pager a[rel='prev']").GetAttribute("href"));
    }

    [Theory]
    [InlineData("/explain", 0)]
    [InlineData("/explain?code=qqqq", 0)]
    [InlineData("/explain?code=certificate&page=-7", 50)]
    [InlineData("/explain?code=certificate&page=x", 50)]
    public async Task Explain_NothingOrAWrongPage_ShowsWhatThereIs(string address, int rows)
    {
        await using var host = await PageHost.StartAsync();

        var page = Open(host, address);

        Assert.Equal(rows, page.FindAll("tbody tr").Count);
        Assert.Equal(rows == 0 ? 1 : 0, page.FindAll(".empty-state").Count);
    }

    [Fact]
    public async Task Explain_VeryLongText_IsNotRead()
    {
        await using var host = await PageHost.StartAsync();

        var page = Open(host, $"/explain?code={new string('x', 5_000)}0x80244022");

        Assert.Empty(page.FindAll("[data-error]"));
    }

    private static IRenderedComponent<ExplainPage> Open(PageHost host, string address)
    {
        host.Navigation.NavigateTo(address);
        return host.Render<ExplainPage>();
    }
}
