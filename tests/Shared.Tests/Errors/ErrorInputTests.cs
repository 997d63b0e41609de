using WsusDashboard.Shared.Errors;

namespace WsusDashboard.Shared.Tests.Errors;

public sealed class ErrorInputTests
{
    [Theory]
    [InlineData("0x80244022", "0x80244022")]
    [InlineData(" 80244022 ", "0x80244022")]
    [InlineData("-2145107934", "0x80244022")]
    [InlineData("−2145107934", "0x80244022")]
    [InlineData("2149859362", "0x80244022")]
    [InlineData("wu_e_pt_http_status_denied", "0x80244017")]
    [InlineData("5", "0x80070005")]
    [InlineData("Win32 5", "0x80070005")]
    [InlineData("0x5", "0x80070005")]
    [InlineData("503", "HTTP 503", "WSUS event 503")]
    [InlineData("403.4", "IIS 403.4")]
    [InlineData("-2", "SQL -2")]
    [InlineData("1205", "SQL 1205")]
    [InlineData("53", "SQL 53", "0x80070035")]
    [InlineData("28000", "SQLSTATE 28000")]
    [InlineData("HY000", "SQLSTATE HY000")]
    [InlineData("6703", "6703")]
    [InlineData("364", "WSUS event 364")]
    [InlineData("event 364", "WSUS event 364")]
    [InlineData("QueueFull", "QueueFull")]
    [InlineData("forbidden", "Forbidden")]
    [InlineData("The request failed with HTTP status 503.", "HTTP 503")]
    public void Read_Form_GivesWhatItCanMean(string text, params string[] expected) => Assert.Equal(expected, ErrorNumbers.Read(text).Select(number => number.ToString()));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("hello")]
    [InlineData("0")]
    [InlineData("123456")]
    [InlineData("0xZZ")]
    [InlineData("0x123456789")]
    [InlineData("99999999999")]
    [InlineData("HTTP 99999")]
    [InlineData("SQL abc")]
    public void Read_NoForm_GivesNothing(string text) => Assert.Empty(ErrorNumbers.Read(text));

    [Theory]
    [InlineData("0x8024ABCD", ErrorFamily.WindowsUpdate)]
    [InlineData("0x8013FFFE", ErrorFamily.DotNet)]
    [InlineData("0x8007EEEE", ErrorFamily.Windows)]
    [InlineData("0x80072F8D", ErrorFamily.WinHttp)]
    [InlineData("0x8009FFFE", ErrorFamily.Security)]
    [InlineData("0x800BFFFE", ErrorFamily.Trust)]
    [InlineData("0x80049999", ErrorFamily.Com)]
    [InlineData("0x8020FFFE", ErrorFamily.Bits)]
    [InlineData("0x80190258", ErrorFamily.Http)]
    [InlineData("0x87D00215", ErrorFamily.Other)]
    [InlineData("0xC0009999", ErrorFamily.Windows)]
    [InlineData("599", ErrorFamily.Http)]
    [InlineData("499.9", ErrorFamily.Iis)]
    [InlineData("SQL 99999", ErrorFamily.SqlServer)]
    [InlineData("6799", ErrorFamily.ConfigMgr)]
    [InlineData("64000", ErrorFamily.Windows)]
    public void Explain_Unknown_SaysTheFamilyAndNoMeaning(string text, ErrorFamily family)
    {
        var explanation = ErrorExplanation.Of(Assert.Single(ErrorNumbers.Read(text)));

        Assert.False(explanation.IsKnown);
        Assert.Equal(family, explanation.Family);
        Assert.Equal("", explanation.Source);
        Assert.Contains("this table doesn't", explanation.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_Known_HasEveryForm()
    {
        var explanation = ErrorExplanation.Of(Assert.Single(ErrorNumbers.Read("0x80072EE7")));

        Assert.Equal(["-2147012889", "2147954407", "Win32 12007"], explanation.Forms);
        Assert.Equal("ERROR_WINHTTP_NAME_NOT_RESOLVED, ERROR_INTERNET_NAME_NOT_RESOLVED", explanation.Symbol);
    }

    [Theory]
    [InlineData("proxy password", "HTTP 407")]
    [InlineData("SERVICE_UNAVAIL", "0x80244022")]
    [InlineData("deadlock", "SQL 1205")]
    public void Search_Words_FindsThemAll(string words, string expected) => Assert.Contains(expected, ErrorNumbers.Search(words).Select(error => error.Number.ToString()));

    [Fact]
    public void Search_NoWords_FindsNothing() => Assert.Empty(ErrorNumbers.Search("  "));
}
