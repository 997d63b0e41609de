using Bunit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Reports;
using WsusDashboard.Dashboard.Tests.Components;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Reports;

/// <summary>The list of reports and the page of one.</summary>
public sealed class ReportPageTests
{
    [Fact]
    public async Task Page_MakeReport_LeadsToTheNewOne()
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("BRN-WSUS01", Samples.Snapshot(PageHost.Start));
        var page = host.Render<ReportsPage>();
        page.WaitForElement("form.toolbar");

        await page.Find("form.toolbar").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains("/reports/", host.Navigation.Uri, StringComparison.Ordinal));
        var id = long.Parse(host.Navigation.Uri.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
        var report = host.Render<ReportPage>(parameters => parameters.Add(shown => shown.Id, id));
        report.WaitForAssertion(() => Assert.Equal($"{id}", report.Find("p.sentence").GetAttribute("data-report")));
        Assert.Contains(report.FindAll("td"), cell => cell.TextContent == "BRN-WSUS01");
        Assert.Equal([".csv", ".html", ".pdf"], report.FindAll(".page-head a[download]").Select(link => Path.GetExtension(link.GetAttribute("href"))!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Page_Kind_ShowsThoseAlone()
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("BRN-WSUS01", Samples.Snapshot(PageHost.Start));
        await host.WriteAsync(context => context.Reports.AddRange(
            [.. new[] { ReportKind.Weekly, ReportKind.PatchTuesday }.Select(kind => new ReportEntity { Kind = kind, First = new(2026, 4, 27), Last = new(2026, 5, 3), MadeAt = PageHost.Start.UtcDateTime, Sentence = $"{kind}", Sha256 = "", Content = "{}" })]));
        await using var reading = await host.Services.GetRequiredService<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Xunit.TestContext.Current.CancellationToken);
        var weekly = await reading.Reports.SingleAsync(row => row.Kind == ReportKind.Weekly, Xunit.TestContext.Current.CancellationToken);

        host.Navigation.NavigateTo("/reports?kind=weekly");
        var page = host.Render<ReportsPage>();

        page.WaitForAssertion(() => Assert.Equal($"{weekly.Id}", Assert.Single(page.FindAll("tr[data-report]")).GetAttribute("data-report")));
    }

    [Fact]
    public async Task Page_OfNoReport_SaysSo()
    {
        await using var host = await PageHost.StartAsync();
        var page = host.Render<ReportPage>(parameters => parameters.Add(shown => shown.Id, 999));

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("p.sentence")));
        page.WaitForElement(".empty-state, .card");
    }
}
