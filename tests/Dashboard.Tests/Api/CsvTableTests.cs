using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Api;

namespace WsusDashboard.Dashboard.Tests.Api;

/// <summary>What other machines say is text in a spreadsheet, whatever it separates cells at.</summary>
public sealed class CsvTableTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("plain", "\"plain\"")]
    [InlineData("a,b \"c\"", "\"a,b \"\"c\"\"\"")]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\t=1", "\"'\t'=1\"")]
    [InlineData("\r=1", "\"'\r'=1\"")]
    [InlineData(" =1", "\" '=1\"")]
    [InlineData("＝1", "\"'＝1\"")]
    [InlineData("a;=cmd|' /C calc'!A0", "\"a;'=cmd|' /C calc'!A0\"")]
    [InlineData("a\t@x", "\"a\t'@x\"")]
    [InlineData("a\r\n=x", "\"a\r\n'=x\"")]
    [InlineData("a\";\"=x", "\"a\"\";\"\"'=x\"")]
    [InlineData("a=b; c-d", "\"a=b; c-d\"")]
    public void Quote_AnyText_IsQuotedAndBeginsNoFormula(string text, string expected) => Assert.Equal(expected, CsvTable.Quote(text));

    [Fact]
    public async Task ToResult_RowsOfAllKinds_QuotesEveryText()
    {
        var table = new CsvTable("x", ["name", "count"], [["=a", 3], [DayOfWeek.Monday, null], [new DateOnly(2026, 1, 31), -2.5], [true, TimeSpan.FromMinutes(1)]]);
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        using var body = new MemoryStream();
        context.Response.Body = body;

        await table.ToResult().ExecuteAsync(context);

        Assert.Equal("\uFEFF\"name\",\"count\"\r\n\"'=a\",3\r\n\"Monday\",\r\n2026-01-31,-2.5\r\ntrue,60\r\n", Encoding.UTF8.GetString(body.ToArray()));
    }
}
