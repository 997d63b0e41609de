using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Security.Audit;

namespace WsusDashboard.Agent.Tests.Security;

public sealed class AuditTests : IDisposable
{
    private readonly TempFolder _folder = new();
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

        Assert.Contains("entry 3 doesn't follow entry 1", AuditVerification.Run(_folder.Path).Problem, StringComparison.Ordinal);
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
        Write(1);
        var inTheFullFile = Fill();
        Write(2);

        Assert.Equal(2, AuditFiles.InOrder(_folder.Path).Count);
        Assert.Equal(inTheFullFile, File.ReadLines(AuditFiles.Full(_folder.Path, 1)).Count());
        Assert.Equal(2, File.ReadLines(AuditFiles.Current(_folder.Path)).Count());
        Assert.Equal(new AuditVerification(inTheFullFile + 2, 1, null), AuditVerification.Run(_folder.Path));
    }

    /// <summary>Goes on with the chain until the file is full, without the wait for the disk that each entry of the agent itself has.</summary>
    /// <returns>Entries in the full file.</returns>
    private int Fill()
    {
        var path = AuditFiles.Current(_folder.Path);
        var last = AuditFiles.Parse(File.ReadLines(path).Last())!;
        using (var file = File.AppendText(path))
        {
            for (var size = 0; size <= AuditFiles.MaximumFileBytes;)
            {
                var next = last with { Number = last.Number + 1, Previous = last.Hash, Detail = new string('x', 1_000) };
                last = next with { Hash = next.ComputeHash() };
                var line = JsonSerializer.Serialize(last, AgentAuditJson.Default.AgentAuditEntry);
                file.Write($"{line}\n");
                size += line.Length + 1;
            }
        }

        new AuditHead(last.Number, last.Hash).Write(_folder.Path);
        return (int)last.Number;
    }

    private void Write(int count)
    {
        var audit = new AgentAudit(new AgentOptions { DataDirectory = _folder.Path }, _time, NullLogger<AgentAudit>.Instance);
        for (var number = 0; number < count; number++)
        {
            audit.Write(new AgentAuditEntry { Verb = $"verb-{number}", Who = "ann", Outcome = "done" });
        }
    }

    private void Rewrite(Action<List<string>> change)
    {
        var path = AuditFiles.Current(_folder.Path);
        var lines = File.ReadAllLines(path).ToList();
        change(lines);
        File.WriteAllLines(path, lines);
    }
}
