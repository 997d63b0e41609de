using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Security;

public sealed class LocalPolicyTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 17, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Read_WithoutAFile_AllowsThePoolOfWsusAndTheWatchedServices()
    {
        var policy = Read("MyWsusPool");

        Assert.Equal(PolicyMode.ApplySettings, policy.Policy.Mode);
        Assert.Equal(["MyWsusPool"], policy.Policy.AllowedPools);
        Assert.Equal(ServiceNames.Watched, policy.Policy.AllowedServices);
        Assert.Equal("default", policy.Policy.Source);
        Assert.Null(policy.RefuseSettings("mywsuspool"));
        Assert.NotNull(policy.RefusePool("DefaultAppPool"));
    }

    [Theory]
    [InlineData("monitor-only", PolicyMode.MonitorOnly)]
    [InlineData("restart", PolicyMode.Restart)]
    [InlineData("apply-settings", PolicyMode.ApplySettings)]
    public void Read_OfEachMode_IsThatMode(string text, PolicyMode mode)
    {
        Write($$"""{ "mode": "{{text}}", /* why */ }""");

        Assert.Equal(mode, Read().Policy.Mode);
    }

    [Theory]
    [InlineData("{ \"mode\": \"restart\", ", "line 1, column 22")]
    [InlineData("{\n  // why\n  \"mode\": restart\n}", "line 3, column 11")]
    [InlineData("", "line 1, column 1")]
    [InlineData("null", "null")]
    [InlineData("[]", "[]")]
    [InlineData("""{ "mode": 3 }""", "mode is 3")]
    [InlineData("""{ "mode": "monitor-only", "mode": "apply-settings" }""", "mode is given twice")]
    [InlineData("""{ "mode": "monitor-only", "Mode": "apply-settings" }""", "Mode is given twice")]
    [InlineData("""{ "mode": "\ud800" }""", "Unicode")]
    [InlineData("""{ "mode": "restart", "needsLocalApproval": ["\ud800"] }""", "Unicode")]
    [InlineData("""{ "mode": "restart", "allowedPools": ["a", 7] }""", "allowedPools is 7")]
    [InlineData("""{ "mode": "restart", "allowedPools": [null] }""", "empty name")]
    [InlineData("""{ "mode": "restart", "hours": [null] }""", "null")]
    [InlineData("""{ "mode": "restart", "hours": {} }""", "hours is {}")]
    [InlineData("""{ "mode": "restart", "hours": [ { "until": "06:00" } ] }""", "hours.until")]
    [InlineData("""{ "mode": "restart", "rate": 4 }""", "rate is 4")]
    [InlineData("""{ "mode": "restart", "rate": { "repairPerDay": 1 } }""", "rate.repairPerDay")]
    [InlineData("""{ "mode": "restart", "rate": { "repairsPerDay": "many" } }""", "rate.repairsPerDay is \"many\"")]
    [InlineData("""{ "mode": "restart", "rate": { "repairsPerDay": 1.5 } }""", "rate.repairsPerDay is 1.5")]
    [InlineData("""{ "mode": "restart", "rate": { "repairsPerDay": 1001 } }""", "0 to 1000")]
    [InlineData("{}", "mode is missing")]
    [InlineData("""{ "mode": "everything" }""", "monitor-only, restart, apply-settings")]
    [InlineData("""{ "mode": "restart", "allowedService": [] }""", "allowedService")]
    [InlineData("""{ "mode": "restart", "allowedServices": [""] }""", "empty name")]
    [InlineData("""{ "mode": "restart", "allowedServices": "all" }""", "allowedServices")]
    [InlineData("""{ "mode": "restart", "hours": [ { "from": "25:00", "to": "06:00" } ] }""", "HH:mm")]
    [InlineData("""{ "mode": "restart", "hours": [ { "days": ["Someday"], "from": "20:00", "to": "06:00" } ] }""", "Monday")]
    [InlineData("""{ "mode": "restart", "needsLocalApproval": ["reboot"] }""", "full-repair")]
    [InlineData("""{ "mode": "restart", "needsLocalApproval": [] }""", "empty")]
    [InlineData("""{ "mode": "restart", "needsLocalApproval": "yes" }""", "true, false")]
    [InlineData("""{ "mode": "restart", "keepAnyway": "yes" }""", "keepAnyway")]
    public void Read_OfADamagedFile_AllowsNothingAndSaysWhy(string text, string reason)
    {
        Write(text);

        var policy = Read();

        Assert.Equal(PolicyMode.MonitorOnly, policy.Policy.Mode);
        Assert.Contains("policy.json can't be used", policy.Policy.Source, StringComparison.Ordinal);
        Assert.Contains(reason, policy.Policy.Problem, StringComparison.Ordinal);

        // The words of a reader that knows types and bytes.
        Assert.DoesNotContain(["Path:", "BytePosition", ".NET", "System.", "JSON value", "Deserial"], word => policy.Policy.Problem.Contains(word, StringComparison.Ordinal));
        Assert.NotNull(policy.RefuseChanges());
        Assert.NotNull(policy.RefuseService(ServiceNames.WsusService));
    }

    [Theory]
    [InlineData("apply-settings", "true", true)]
    [InlineData("apply-settings", "false", false)]
    [InlineData("apply-settings", "null", false)]
    [InlineData("monitor-only", "true", false)]
    public void RefuseKeeping_FromADashboard_NeedsTheWord(string mode, string keepAnyway, bool isAllowed)
    {
        Write($$"""{ "mode": "{{mode}}", "keepAnyway": {{keepAnyway}} }""");

        Assert.Equal(isAllowed, Read().RefuseKeeping() is null);
        Assert.NotNull(new PolicyInForce(new AgentPolicy(), [], default).RefuseKeeping());
    }

    [Theory]
    [InlineData("true", true, true)]
    [InlineData("false", false, false)]
    [InlineData("[\"full-repair\"]", true, false)]
    [InlineData("[\"service\", \"undo\"]", false, true)]
    public void NeedsApproval_OfEachForm_IsWhatItNames(string approval, bool ofFullRepair, bool ofServices)
    {
        Write($$"""{ "mode": "restart", "needsLocalApproval": {{approval}} }""");

        Assert.Equal((ofFullRepair, ofServices), (Read().NeedsApproval("full-repair"), Read().NeedsApproval(ApprovalSubjects.Service)));
    }

    [Fact]
    public void Read_AfterTheFileChanged_IsTheNewPolicy()
    {
        var policy = new LocalPolicy(_folder.Path, _time);
        Assert.Equal(PolicyMode.ApplySettings, policy.Read(null).Policy.Mode);

        Write("""{ "mode": "restart" }""");
        Assert.Equal(PolicyMode.Restart, policy.Read(null).Policy.Mode);

        Write("""{ "mode": "monitor-only" }""");
        Assert.Equal(PolicyMode.MonitorOnly, policy.Read(null).Policy.Mode);

        Write("""{ "mode": "apply-settings" }""");
        Assert.Equal(PolicyMode.ApplySettings, policy.Read(null).Policy.Mode);

        // Absent after it was there is no default.
        File.Delete(Path.Combine(_folder.Path, LocalPolicy.FileName));
        Assert.Equal((PolicyMode.MonitorOnly, true), (policy.Read(null).Policy.Mode, policy.Read(null).Policy.Problem.Length > 0));
    }

    [Theory]
    [InlineData("20:00", "06:00", "2026-11-17T21:00:00Z", true)]
    [InlineData("20:00", "06:00", "2026-11-18T05:59:00Z", true)]
    [InlineData("20:00", "06:00", "2026-11-18T06:00:00Z", false)]
    [InlineData("20:00", "06:00", "2026-11-17T05:00:00Z", false)]
    [InlineData("08:00", "18:00", "2026-11-17T12:00:00Z", true)]
    [InlineData("08:00", "18:00", "2026-11-18T12:00:00Z", false)]
    public void Hours_OfTuesday_BeginOnThatDay(string from, string to, string now, bool isAllowed)
    {
        Write($$"""{ "mode": "restart", "hours": [ { "days": ["Tuesday"], "from": "{{from}}", "to": "{{to}}" } ] }""");
        var time = new FakeTimeProvider(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));

        var refusal = new LocalPolicy(_folder.Path, time).Read(null).RefuseChanges();

        Assert.Equal(isAllowed, refusal is null);
    }

    /// <summary>Central Europe: the clock goes from 2:00 to 3:00 on Sunday 29 March, and from 3:00 back to 2:00 on Sunday 25 October.</summary>
    [Theory]
    [InlineData("22:00", "06:00", "2026-03-29T00:59:59Z", true)]
    [InlineData("22:00", "06:00", "2026-03-29T01:00:00Z", true)]
    [InlineData("22:00", "06:00", "2026-03-29T03:59:59Z", true)]
    [InlineData("22:00", "06:00", "2026-03-29T04:00:00Z", false)]
    [InlineData("22:00", "06:00", "2026-03-29T20:30:00Z", false)]
    [InlineData("22:00", "06:00", "2026-10-24T19:59:59Z", false)]
    [InlineData("22:00", "06:00", "2026-10-24T20:00:00Z", true)]
    [InlineData("22:00", "06:00", "2026-10-25T00:30:00Z", true)]
    [InlineData("22:00", "06:00", "2026-10-25T01:30:00Z", true)]
    [InlineData("22:00", "06:00", "2026-10-25T04:59:59Z", true)]
    [InlineData("22:00", "06:00", "2026-10-25T05:00:00Z", false)]
    [InlineData("22:00", "02:30", "2026-03-29T00:59:59Z", true)]
    [InlineData("22:00", "02:30", "2026-03-29T01:00:00Z", false)]
    [InlineData("22:00", "02:30", "2026-10-25T00:29:00Z", true)]
    [InlineData("22:00", "02:30", "2026-10-25T00:30:00Z", false)]
    [InlineData("22:00", "02:30", "2026-10-25T01:29:00Z", true)]
    [InlineData("22:00", "02:30", "2026-10-25T01:30:00Z", false)]
    public void Hours_OfSaturday_AreThoseOfTheClockAlsoInTheNightsOnWhichItChanges(string from, string to, string now, bool isAllowed)
    {
        Write($$"""{ "mode": "restart", "hours": [ { "days": ["Saturday"], "from": "{{from}}", "to": "{{to}}" } ] }""");
        var time = new FakeTimeProvider(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));
        time.SetLocalTimeZone(TestZones.CentralEurope);

        Assert.Equal(isAllowed, new LocalPolicy(_folder.Path, time).Read(null).RefuseChanges() is null);
    }

    [Fact]
    public void RefuseStep_OfIisReset_AsksForTheWebServer()
    {
        Write("""{ "mode": "restart", "allowedServices": ["SMS_EXECUTIVE"] }""");

        Assert.Contains(ServiceNames.WorldWideWeb, Read().RefuseStep(StepKind.ResetIis, "", "WsusPool"), StringComparison.Ordinal);
        Assert.Null(Read().RefuseStep(StepKind.RestartService, ServiceNames.SmsExecutive, "WsusPool"));
    }

    [Theory]
    [InlineData("monitor-only", ServiceNames.SmsExecutive, false, false)]
    [InlineData("restart", ServiceNames.SmsExecutive, false, true)]
    [InlineData("apply-settings", ServiceNames.SmsExecutive, true, true)]
    [InlineData("apply-settings", ServiceNames.WorldWideWeb, false, true)]
    public void RefuseStep_OfAStartupType_AsksForTheServiceAndForSettings(string mode, string service, bool maySet, bool mayVerify)
    {
        Write($$"""{ "mode": "{{mode}}", "allowedServices": ["SMS_EXECUTIVE"] }""");

        Assert.Equal(maySet, Read().RefuseStep(StepKind.SetStartType, service, "WsusPool") is null);
        Assert.Equal(mayVerify, Read().RefuseStep(StepKind.VerifyWsus, "", "WsusPool") is null);
    }

    [Fact]
    public void RefuseStep_OfAnUnknownStep_Refuses() => Assert.NotNull(Read().RefuseStep(StepKind.Unknown, "", "WsusPool"));

    public void Dispose() => _folder.Dispose();

    private PolicyInForce Read(string? pool = null) => new LocalPolicy(_folder.Path, _time).Read(pool);

    private void Write(string text) => File.WriteAllText(Path.Combine(_folder.Path, LocalPolicy.FileName), text);
}
