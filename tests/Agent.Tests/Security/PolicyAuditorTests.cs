using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>The policy against its absence, half of it, and its widening.</summary>
public sealed class PolicyAuditorTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 17, 12, 0, 0, TimeSpan.Zero));

    private string PolicyPath => _folder.File(LocalPolicy.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_FileGoneAfterARestart_IsMonitorOnly()
    {
        Write("""{ "mode": "apply-settings" }""");
        Begin().Look();
        File.Move(PolicyPath, _folder.File("policy.old"));

        var policy = new LocalPolicy(_folder.Path, _time).Read(null).Policy;

        Assert.Equal(PolicyMode.MonitorOnly, policy.Mode);
        Assert.Contains(LocalPolicy.KnownFileName, policy.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_FileGone_IsWrittenDownOnce()
    {
        Write("""{ "mode": "apply-settings" }""");
        var auditor = Begin();
        auditor.Look();
        File.Delete(PolicyPath);
        auditor.Look();
        auditor.Look();

        Assert.Equal([("policy", "done"), ("policy", "failed")], Entries().Select(entry => (entry.Verb, entry.Outcome)));
    }

    [Theory]
    [InlineData("""{ "mode": "restart" }""", """{ "mode": "apply-settings" }""", "mode")]
    [InlineData("""{ "mode": "restart", "allowedServices": ["W3SVC"] }""", """{ "mode": "restart", "allowedServices": ["W3SVC", "SMS_EXECUTIVE"] }""", "SMS_EXECUTIVE")]
    [InlineData("""{ "mode": "restart", "allowedPools": [] }""", """{ "mode": "restart" }""", "pool")]
    [InlineData("""{ "mode": "restart", "allowedPlaybooks": ["pool-only"] }""", """{ "mode": "restart" }""", "playbooks")]
    [InlineData("""{ "mode": "restart", "hours": [{ "from": "22:00", "to": "05:00" }] }""", """{ "mode": "restart", "hours": [{ "from": "22:00", "to": "05:01" }] }""", "hours")]
    [InlineData("""{ "mode": "restart", "hours": [{ "from": "22:00", "to": "05:00" }] }""", """{ "mode": "restart" }""", "always")]
    [InlineData("""{ "mode": "restart" }""", """{ "mode": "restart", "keepAnyway": true }""", "keepAnyway")]
    [InlineData("""{ "mode": "restart", "needsLocalApproval": true }""", """{ "mode": "restart", "needsLocalApproval": ["pool"] }""", "full-repair")]
    [InlineData("""{ "mode": "restart" }""", """{ "mode": "restart", "rate": { "repairsPerDay": 5 } }""", "4 → 5")]
    [InlineData("""{ "mode": "restart", "rate": { "iisRestartsPerDay": 0 } }""", """{ "mode": "restart" }""", "0 → 2")]
    public void Look_PolicyGotWider_IsAnEventThatSaysHow(string before, string after, string expected)
    {
        Write(before);
        Begin().Look();
        Write(after);
        Begin().Look();

        var entry = Entries()[^1];
        Assert.Equal((EventLogCopyWorker.PolicyWiderVerb, "done"), (entry.Verb, entry.Outcome));
        Assert.Contains(expected, entry.Detail, StringComparison.Ordinal);

        Write(before);
        Begin().Look();
        Assert.Equal(("policy", "done"), (Entries()[^1].Verb, Entries()[^1].Outcome));
    }

    [Fact]
    public void Look_FileCaughtHalfWrittenInBetween_IsNoWidening()
    {
        var auditor = Begin();
        Write("""{ "mode": "apply-settings" }""");
        auditor.Look();
        Write("""{ "mode": """);
        auditor.Look();
        Write("""{ "mode": "apply-settings" }""");
        auditor.Look();

        Assert.DoesNotContain(Entries(), entry => entry.Verb == EventLogCopyWorker.PolicyWiderVerb);
    }

    [Fact]
    public void Look_WithoutAFile_SaysNothing()
    {
        Begin().Look();

        Assert.Empty(Entries());
        Assert.Equal(PolicyMode.ApplySettings, new LocalPolicy(_folder.Path, _time).Read(null).Policy.Mode);
    }

    [Fact]
    public async Task Save_WhileItIsReadAllTheTime_ShowsNeverHalfAndNeverNothing()
    {
        LocalPolicy.Save(_folder.Path, """{ "mode": "monitor-only" }""");
        var policy = new LocalPolicy(_folder.Path, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var reading = Task.Run(
            () =>
            {
                var wrong = new List<string>();
                while (!stop.IsCancellationRequested)
                {
                    var read = policy.Read(null).Policy;
                    if (read.Mode != PolicyMode.MonitorOnly || read.Problem.Length > 0)
                    {
                        wrong.Add($"{read.Mode} {read.Problem}");
                    }
                }

                return wrong;
            },
            TestContext.Current.CancellationToken);

        for (var number = 0; number < 200; number++)
        {
            LocalPolicy.Save(_folder.Path, $$"""{ "mode": "monitor-only", "rate": { "repairsPerDay": {{number}} } }""");
        }

        await stop.CancelAsync();
        Assert.Empty(await reading);
    }

    [Fact]
    public void Save_OfWhatIsNoPolicy_WritesNothing()
    {
        LocalPolicy.Save(_folder.Path, """{ "mode": "restart" }""");

        Assert.Throws<System.Text.Json.JsonException>(() => LocalPolicy.Save(_folder.Path, """{ "mode": "everything" }"""));
        Assert.Equal(PolicyMode.Restart, new LocalPolicy(_folder.Path, _time).Read(null).Policy.Mode);
    }

    [Fact]
    public void DefaultText_IsTheDefault() => Assert.Empty(PolicyComparison.Widened(PolicyFile.Default, PolicyFile.Parse(PolicyFile.DefaultText)).Concat(PolicyComparison.Widened(PolicyFile.Parse(PolicyFile.DefaultText), PolicyFile.Default)));

    [Theory]
    [InlineData("""{ "repairsPerDay": -1 }""")]
    [InlineData("""{ "repairsPerDay": 1001 }""")]
    [InlineData("""{ "repairs": 3 }""")]
    public void Parse_OfAWrongRate_IsRefused(string rate) =>
        Assert.Throws<System.Text.Json.JsonException>(() => PolicyFile.Parse($$"""{ "mode": "restart", "rate": {{rate}} }"""));

    [Fact]
    public void Read_OfAFileWithoutAnEnd_IsRefusedUnread()
    {
        Write("""{ "mode": "apply-settings" }""" + new string(' ', PolicyFile.MaximumBytes));

        Assert.Equal(PolicyMode.MonitorOnly, new LocalPolicy(_folder.Path, _time).Read(null).Policy.Mode);
    }

    private void Write(string text) => File.WriteAllText(PolicyPath, text);

    private List<AgentAuditEntry> Entries() => [.. AuditFiles.ReadEntries(_folder.Path)];

    private PolicyAuditor Begin()
    {
        var options = new AgentOptions { DataDirectory = _folder.Path };
        return new(new LocalPolicy(_folder.Path, _time), new AgentAudit(options, _time, NullLogger<AgentAudit>.Instance), options, _time, NullLogger<PolicyAuditor>.Instance);
    }
}
