using System.Text;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Evidence;

namespace WsusDashboard.Agent.Tests.Evidence;

/// <summary>Column orders and lines as published samples of IIS 10 and HTTP.sys have them, with other addresses.</summary>
public sealed class WebLogFormTests
{
    private const string IisFields = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken";
    private const string HttpFields = "#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename";
    private const string HttpFieldsWithStream = "#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri streamid sc-status s-siteid s-reason s-queuename";

    [Theory]
    [InlineData("10.1.1.5", "10.1.1.5", "local")]
    [InlineData("::1", "::1", "local")]
    [InlineData("10.1.1.5", "127.0.0.1", "local")]
    [InlineData("10.1.1.5", "10.1.1.77", "remote")]
    public void Take_FailedRequest_KeepsNobodysNameOrAddress(string server, string client, string kept)
    {
        var line = $"2026-01-05 06:11:02 {server} POST /ApiRemoting30/WebService.asmx user=anna 8530 CORP\\anna {client} Mozilla/4.0+(anna) - 500 24 50 422";

        Assert.Equal($"{kept} POST /ApiRemoting30/WebService.asmx 500 24 50 422", Read(new WebLogForm(isOfHttpSys: false, null), IisFields, line)?.Text);
    }

    [Theory]
    [InlineData("200 0 0 300", false)]
    [InlineData("200 0 0 190000", true)]
    [InlineData("401 2 5 1", false)]
    [InlineData("401 1 2148074254 1", false)]
    [InlineData("401 1 1326 1", true)]
    [InlineData("401 3 5 1", true)]
    [InlineData("403 4 5 0", true)]
    [InlineData("503 0 0 0", true)]
    public void Take_Answers_KeepsThoseThatAreNoPartOfAGoodRun(string answer, bool isKept) =>
        Assert.Equal(isKept, Read(new WebLogForm(isOfHttpSys: false, null), IisFields, $"2026-01-05 06:11:02 ::1 POST /ApiRemoting30/WebService.asmx - 8530 - ::1 - - {answer}") is not null);

    [Fact]
    public void Take_SlowAnswerOfAnotherService_IsNotKept() =>
        Assert.Null(Read(new WebLogForm(isOfHttpSys: false, null), IisFields, "2026-01-05 06:11:02 ::1 GET /Content/a.cab - 8530 - ::1 - - 200 0 0 190000"));

    [Fact]
    public void Take_SameAnswerInAnotherTime_HasTheSameShape()
    {
        var form = new WebLogForm(isOfHttpSys: false, null);
        var one = Read(form, IisFields, "2026-01-05 06:11:02 ::1 GET /a.asmx - 8530 - ::1 - - 500 0 0 300");
        var other = Read(form, IisFields, "2026-01-09 07:11:02 ::1 GET /a.asmx - 8530 - ::1 - - 500 0 0 4711");
        var third = Read(form, IisFields, "2026-01-09 07:11:02 ::1 GET /a.asmx - 8530 - ::1 - - 503 0 0 4711");

        Assert.Equal(one?.Shape, other?.Shape);
        Assert.NotEqual(one?.Shape, third?.Shape);
    }

    [Theory]
    [InlineData(HttpFields, "10.1.1.77 5121 10.1.1.5 8530 HTTP/1.1 POST /SimpleAuthWebService/SimpleAuth.asmx?x=anna 503 5 AppOffline WsusPool", "remote POST /SimpleAuthWebService/SimpleAuth.asmx 503 5 AppOffline WsusPool")]
    [InlineData(HttpFieldsWithStream, "::1 5121 ::1 8530 HTTP/1.1 POST /ApiRemoting30/WebService.asmx - 503 5 QueueFull WsusPool", "local POST /ApiRemoting30/WebService.asmx 503 5 QueueFull WsusPool")]
    [InlineData(HttpFields, "10.1.1.77 5121 10.1.1.5 8530 HTTP/1.1 POST /a 503 1 AppOffline DefaultAppPool", null)]
    [InlineData(HttpFields, "10.1.1.77 5121 10.1.1.5 8530 - - - - - Timer_ConnectionIdle -", null)]
    [InlineData(HttpFields, "10.1.1.77 5121 10.1.1.5 8530 HTTP/1.1 POST /a - 5 Connection_Abandoned_By_ReqQueue WsusPool", "remote POST /a - 5 Connection_Abandoned_By_ReqQueue WsusPool")]
    public void Take_LineOfHttpSys_IsOfThisSiteAndNamesNoClient(string fields, string line, string? kept) =>
        Assert.Equal(kept, Read(new WebLogForm(isOfHttpSys: true, 5), fields, "2026-01-05 06:11:02 " + line)?.Text);

    [Fact]
    public void ReadTime_OtherOrderOfColumns_IsRespected()
    {
        var form = new WebLogForm(isOfHttpSys: false, null);
        var line = "500 06:11:02 /a.asmx 2026-01-05 ::1 ::1";

        Assert.Equal("local - /a.asmx 500 - -", Read(form, "#Fields: sc-status time cs-uri-stem date c-ip s-ip", line)?.Text);
        Assert.Equal(new DateTimeOffset(2026, 1, 5, 6, 11, 2, TimeSpan.Zero), form.ReadTime(LogEntry.Read(Encoding.UTF8.GetBytes(line), 0)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("#Fields:")]
    [InlineData("#Fields: date")]
    [InlineData("#Fields: date date time time sc-status")]
    public void Take_HeadThatSaysLittle_KeepsNothing(string head) =>
        Assert.Null(Read(new WebLogForm(isOfHttpSys: true, null), head, "2026-01-05 06:11:02 500"));

    private static TakenLine? Read(WebLogForm form, string fields, string line)
    {
        form.ReadHead(Encoding.UTF8.GetBytes("#Software: Microsoft Internet Information Services 10.0\r\n" + fields + "\r\n"));
        return form.Take(LogEntry.Read(Encoding.UTF8.GetBytes(line), 0));
    }
}
