using WsusDashboard.Shared.Errors;

namespace WsusDashboard.Shared.Tests.Errors;

public sealed class ErrorScannerTests
{
    [Theory]
    [InlineData("0x80244022", "0x80244022")]
    [InlineData("failed with 0X80244022.", "0x80244022")]
    [InlineData("WARNING: SyncUpdates failed, error = 80244022", "0x80244022")]
    [InlineData("hr=80072ee2,", "0x80072EE2")]
    [InlineData("LoadHistoryEventFromRegistry completed, hr = 8024000C", "0x8024000C")]
    [InlineData("HRESULT: 0x80131904", "0x80131904")]
    [InlineData("(Exception from HRESULT: 0x800706BA)", "0x800706BA")]
    [InlineData("[HRESULT = 0x800f0831 - CBS_E_STORE_CORRUPTION]", "0x800F0831")]
    [InlineData("Scan failed with error = -2145107934", "0x80244022")]
    [InlineData("Error: (-2147467259)", "0x80004005")]
    [InlineData("error 2149859362 (0)", "0x80244022")]
    [InlineData("error 0xFFFFFFFF80244022", "0x80244022")]
    [InlineData("NUMATTRS=0 LE=0X8013150a", "0x8013150A")]
    [InlineData("System.Data.SqlClient.SqlException (0x80131904): Timeout expired.", "0x80131904")]
    [InlineData("WU_E_PT_HTTP_STATUS_DENIED", "0x80244017")]
    [InlineData("CBS_E_STORE_CORRUPTION", "0x800F0831")]
    [InlineData("ERROR_INTERNET_TIMEOUT", "0x80072EE2")]
    [InlineData("UssInternalError: SoapException: Fault occurred", "UssInternalError")]
    [InlineData("The remote server returned an error: (407) Proxy Authentication Required.", "HTTP 407")]
    [InlineData("The request failed with HTTP status 503: Service Unavailable.", "HTTP 503")]
    [InlineData("Got status code 503 from the server", "HTTP 503")]
    [InlineData("StatusCode: 404, ReasonPhrase: 'Not Found'", "HTTP 404")]
    [InlineData("HTTP/1.1 503 Service Unavailable", "HTTP 503")]
    [InlineData("HTTP Error 500.19 - Internal Server Error", "IIS 500.19")]
    [InlineData("the site answers 403.4", "IIS 403.4")]
    [InlineData("(403.14)", "IIS 403.14")]
    [InlineData("Msg 18456, Level 14, State 1", "SQL 18456")]
    [InlineData("Error: 17142, Severity: 14, State: 0.", "SQL 17142")]
    [InlineData("SqlException: ... ClientConnectionId Error Number:4060,State:1,Class:11", "SQL 4060")]
    [InlineData("SQL Server error 1205", "SQL 1205")]
    [InlineData("SQL error -2", "SQL -2")]
    [InlineData("SQLSTATE=08001, native error 53", "SQLSTATE 08001", "SQL 53")]
    [InlineData("[08001][53][Microsoft][ODBC Driver 17 for SQL Server]", "SQLSTATE 08001")]
    [InlineData("SQLSTATE 28000", "SQLSTATE 28000")]
    [InlineData("STATMSG: ID=6703 SEV=E LEV=M", "6703")]
    [InlineData("Event ID: 12012", "WSUS event 12012")]
    [InlineData("failed. Win32 error 1326", "0x8007052E")]
    [InlineData("GetLastError() = 12002", "0x80072EE2")]
    [InlineData("System error 5.", "0x80070005")]
    [InlineData("error code 12029 while connecting", "0x80072EFD")]
    [InlineData("exit code 0xC0000005", "0xC0000005")]
    [InlineData("GET /x 503 1 AppOffline WsusPool", "AppOffline")]
    [InlineData("fehlgeschlagen, Fehler 0x80072EE7", "0x80072EE7")]
    public void FindAll_Form_GivesTheNumber(string text, params string[] expected) => Assert.Equal(expected, ErrorNumbers.FindAll(text).Select(found => found.Number.ToString()));

    [Theory]
    [InlineData("")]
    [InlineData("Updated 407 items in SMS database")]
    [InlineData("{80244022-1111-2222-3333-444444444444}")]
    [InlineData("update 80244022-1a2b-4c3d-8e9f-0123456789ab")]
    [InlineData("12345678-80244022")]
    [InlineData("sha1 80244022ab")]
    [InlineData("x80244022")]
    [InlineData("deadbeef cafebabe c0ffee00 8badf00d")]
    [InlineData("error: 5 updates were left out")]
    [InlineData("SQL Server 2019")]
    [InlineData("version 10.0.403.4")]
    [InlineData("192.168.403.4")]
    [InlineData("403.4 seconds")]
    [InlineData("500.19%")]
    [InlineData("memory 3221225472 bytes")]
    [InlineData("the header of the page is forbidden here")]
    [InlineData("hr=0x0")]
    [InlineData("0x0000000")]
    [InlineData("TID=9640 PID=2836")]
    [InlineData("processed 503 out of 1205 items (5%)")]
    [InlineData("2026-11-30 05:53:17")]
    [InlineData("KB5034441")]
    public void FindAll_NoError_FindsNothing(string text) => Assert.Empty(ErrorNumbers.FindAll(text));

    [Fact]
    public void FindAll_Several_GivesEachOnceWithItsPlace()
    {
        const string text = "UssCommunicationError: (407), again (407), then 0x80072efe; Updated 407 items";

        var found = ErrorNumbers.FindAll(text);

        Assert.Equal(["UssCommunicationError", "407", "0x80072efe"], found.Select(item => text.Substring(item.Start, item.Length)));
        Assert.Equal(["UssCommunicationError", "HTTP 407", "0x80072EFE"], found.Select(item => item.Number.ToString()));
        Assert.All(found, item => Assert.NotNull(item.Known));
    }

    [Fact]
    public void FindAll_Unknown_IsFoundWithoutMeaning()
    {
        var found = Assert.Single(ErrorNumbers.FindAll("failed with 0x8024ABCD"));

        Assert.Null(found.Known);
        Assert.Equal(ErrorFamily.WindowsUpdate, ErrorExplanation.Of(found.Number).Family);
    }

    [Theory]
    [InlineData("0x80070005", 5, null)]
    [InlineData("0x801901F7", null, 503)]
    [InlineData("0x80244022", null, 503)]
    [InlineData("0x80244017", null, 401)]
    [InlineData("0x80072EE7", 12007, null)]
    [InlineData("HTTP status 502", null, 502)]
    [InlineData("(403.4)", null, 403)]
    [InlineData("0x80131904", null, null)]
    public void FindAll_Wrapped_TellsWhatIsInside(string text, int? win32, int? status)
    {
        var number = Assert.Single(ErrorNumbers.FindAll(text)).Number;

        Assert.Equal(win32, number.Win32);
        Assert.Equal(status, number.HttpStatus);
    }

    [Fact]
    public void FindAll_VeryLongText_ReadsItsBeginningAndFindsAtMostSoMany()
    {
        var many = string.Concat(Enumerable.Range(0, 10_000).Select(index => $"0x8024{index:X4} "));

        Assert.Equal(ErrorNumbers.MostFound, ErrorNumbers.FindAll(many).Count);
        Assert.Empty(ErrorNumbers.FindAll(new string(' ', ErrorNumbers.LongestText) + "0x80244022"));
    }

    /// <summary>A log of a million lines without an error costs no memory.</summary>
    [Theory]
    [InlineData("error ")]
    [InlineData("1 ")]
    [InlineData("(((((((((((1")]
    [InlineData("aaaaaaaa")]
    [InlineData("-8-8-8")]
    public void FindAll_NothingToFind_AllocatesNothing(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, ErrorNumbers.LongestText / piece.Length));
        ErrorNumbers.FindAll(text);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var found = ErrorNumbers.FindAll(text);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Empty(found);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void FindAllAndRead_AnyText_NeverThrow()
    {
        string[] pieces = ["0x", "0X8", "80244022", "-2147467259", "error ", "HTTP/1.1 ", "SQLSTATE=", "[", "]", "(", ")", ".", "403", ".4", "\ud83d", "\udca5", "\0", "ﬀ", "é", "Msg ", "ID=", "-", "\u2212", "{", "}", "99999999999999999999", "WU_E_", "FFFFFFFF", " ", ",", "Severity", "HY000", "\r\n"];
        var random = new Random(20261130);

        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(4) == 0 ? ((char)random.Next(char.MaxValue)).ToString() : pieces[random.Next(pieces.Length)]));

            Assert.All(ErrorNumbers.FindAll(text), found =>
            {
                Assert.InRange(found.Start, 0, text.Length - found.Length);
                Assert.InRange(found.Length, 1, text.Length);
            });
            Assert.All(ErrorNumbers.Read(text), number => Assert.NotEmpty(ErrorExplanation.Of(number).Words));
        }
    }
}
