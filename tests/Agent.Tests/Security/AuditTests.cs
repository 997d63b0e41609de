using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Tests.Support;

namespace WsusDashboard.Agent.Tests.Security;

public sealed class AuditTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_OverSeveralLives_IsOneChain()
    {
        Write(3);
        Write(2);

        Assert.Equal(new AuditVerification(5, 1, null), AuditVerification.Run(_folder.Path));
    }

    [Fact]
    public void Verify_ChangedLine_NamesIt()
    {
        Write(4);
        Rewrite(lines => lines[2] = lines[2].Replace("verb-2", "verb-9", StringComparison.Ordinal));

        Assert.Contains("audit.jsonl line 3: entry 3 was changed", AuditVerification.Run(_folder.Path).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_LineTakenOut_NamesTheGap()
    {
        Write(4);
        Rewrite(lines => lines.RemoveAt(1));

        Assert.Contains("entry 3 does not follow entry 1", AuditVerification.Run(_folder.Path).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_EndCutOff_IsSeen()
    {
        Write(4);
        Rewrite(lines => lines.RemoveAt(3));
        Rewrite(lines => lines.RemoveAt(2));

        Assert.Contains("the end was cut off", AuditVerification.Run(_folder.Path).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_FullFile_MakesRoomAndTheChainGoesOn()
    {
        Write(2);
        File.AppendAllText(AuditFiles.Current(_folder.Path), new string(' ', (int)AuditFiles.MaximumFileBytes));
        File.AppendAllText(AuditFiles.Current(_folder.Path), "\n");
        Rewrite(lines => lines.RemoveAll(string.IsNullOrWhiteSpace), padding: (int)AuditFiles.MaximumFileBytes);
        Write(1);

        Assert.Equal(2, AuditFiles.InOrder(_folder.Path).Count);
    }

    private void Write(int count)
    {
        var audit = new AgentAudit(new AgentOptions { DataDirectory = _folder.Path }, _time, NullLogger<AgentAudit>.Instance);
        for (var number = 0; number < count; number++)
        {
            audit.Write(new AuditEntry { Verb = $"verb-{number}", Who = "ann", Outcome = "done" });
        }
    }

    private void Rewrite(Action<List<string>> change, int padding = 0)
    {
        var path = AuditFiles.Current(_folder.Path);
        var lines = File.ReadAllLines(path).ToList();
        change(lines);
        File.WriteAllLines(path, lines);
        if (padding > 0)
        {
            File.AppendAllText(path, new string('\n', padding));
        }
    }
}
