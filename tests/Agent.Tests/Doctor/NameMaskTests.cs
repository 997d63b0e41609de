using WsusDashboard.Agent.Doctor.Reports;

namespace WsusDashboard.Agent.Tests.Doctor;

public sealed class NameMaskTests
{
    private readonly NameMask _mask = new();

    public NameMaskTests()
    {
        _mask.AddComputer("SUP01.corp.example");
        _mask.AddAccount(@"CORP\svc-wsus");
    }

    [Theory]
    [InlineData("SUP01", "computer-1")]
    [InlineData("sup01.CORP.example", "computer-1.domain-1")]
    [InlineData(@"C:\Logs\SUP01\wsyncmgr.log", @"C:\Logs\computer-1\wsyncmgr.log")]
    [InlineData("\"machine\": \"SUP01\"", "\"machine\": \"computer-1\"")]
    [InlineData(@"CORP\svc-wsus", @"domain-2\account-1")]
    [InlineData("Login failed for user 'CORP\\SUP01$'.", "Login failed for user 'domain-2\\computer-1$'.")]
    [InlineData(@"CORP\somebody-else", @"domain-2\account-2")]
    [InlineData("\"CORP\\\\somebody-else\"", "\"domain-2\\\\account-2\"")]
    [InlineData(@"C:\Users\jane.doe\AppData", @"C:\Users\account-2\AppData")]
    [InlineData("no answer from 10.4.5.6:8530", "no answer from address-1:8530")]
    [InlineData("S-1-5-21-1004336348-1177238915-682003330-512", "sid-1")]
    public void Apply_Name_IsReplaced(string text, string expected) => Assert.Equal(expected, _mask.Apply(text));

    [Theory]
    [InlineData("SUP012 and XSUP01")]
    [InlineData("version 10.0.20348.2849")]
    [InlineData("5.00.9128.1000")]
    [InlineData("http://127.0.0.1:8530")]
    [InlineData(@"C:\Windows\System32\iisreset.exe")]
    [InlineData(@"SOFTWARE\Microsoft\Update Services\Server\Setup")]
    [InlineData(@"NT AUTHORITY\NetworkService")]
    [InlineData("S-1-5-32-544")]
    public void Apply_WhatIsNoName_Stays(string text) => Assert.Equal(text, _mask.Apply(text));

    [Fact]
    public void Apply_SameName_HasTheSameWordInEveryText()
    {
        var first = _mask.Apply("10.0.0.7 then 10.0.0.8");
        var second = _mask.Apply("10.0.0.8 then 10.0.0.7");

        Assert.Equal("address-1 then address-2", first);
        Assert.Equal("address-2 then address-1", second);
    }

    [Fact]
    public void Collect_ComputerOfAKnownDomain_IsMaskedAlsoWithoutIt()
    {
        _mask.Collect("upstream is HQ-WSUS.corp.example");

        Assert.Equal("computer-2 refused", _mask.Apply("HQ-WSUS refused"));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("Microsoft Update")]
    [InlineData("wsus")]
    [InlineData(@"np:\\.\pipe\MICROSOFT##WID\tsql\query")]
    [InlineData("")]
    [InlineData(null)]
    public void AddComputer_WhatEveryServerHas_IsNoName(string? name)
    {
        _mask.AddComputer(name);

        Assert.Equal($"[{name}]", _mask.Apply($"[{name}]"));
    }
}
