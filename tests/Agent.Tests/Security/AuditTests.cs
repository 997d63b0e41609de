using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Security.Audit;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>The chain of what was carried out, against whoever changes, removes or tears what stands in it.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));

    private string Current => AuditFiles.Current(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_OverSeveralLives_IsOneChain()
    {
        Write(3);
        Write(2);

        AssertIntact(5, 1);
    }

    [Fact]
    public void Verify_ChangedLine_NamesIt()
    {
        Write(4);
        Rewrite(Current, lines => lines[2] = lines[2].Replace("verb-2", "verb-9", StringComparison.Ordinal));

        Assert.Contains("audit.jsonl line 3: entry 3 was changed", Verify().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_LineTakenOut_NamesTheGap()
    {
        Write(4);
        Rewrite(Current, lines => lines.RemoveAt(1));

        Assert.Contains("entry 3 doesn't follow entry 1", Verify().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_EndCutOff_IsSeenAndStaysSeenWhenTheAgentGoesOn()
    {
        Write(4);
        Rewrite(Current, lines => lines.RemoveRange(2, 2));

        Assert.Contains("the last entry is 2, but 4 were written", Verify().Problem, StringComparison.Ordinal);
        Write(2);
        Assert.Contains("entry 5 doesn't follow entry 2", Verify().Problem, StringComparison.Ordinal);
        Assert.Contains(AuditFiles.ReadEntries(_folder.Path), entry => entry is { Number: 5, Verb: AuditChain.OwnVerb, Outcome: "failed" });
    }

    [Fact]
    public void Verify_BeginningRemoved_IsSeen()
    {
        Write(4);
        Rewrite(Current, lines => lines.RemoveRange(0, 2));

        Assert.Contains("the oldest entry is 3, but the audit begins with 1", Verify().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_AllEntriesRemoved_IsSeen()
    {
        Write(4);
        File.Delete(Current);

        Assert.Contains("the last entry is 0, but 4 were written", Verify().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_EntryAddedByAnother_IsSeen()
    {
        Write(2);
        Continue(3);

        Assert.Contains("the last entry is 5, but the agent wrote 2", Verify().Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AuditHead.FileName, "audit.head was removed")]
    [InlineData(AuditKey.FileName, "audit.key was removed")]
    public void Verify_HeadOrKeyRemoved_IsSeenAlsoAfterTheAgentMadeANewOne(string file, string expected)
    {
        Write(3);
        File.Delete(_folder.File(file));

        Assert.Contains(expected, Verify().Problem, StringComparison.Ordinal);
        Write(1);
        Assert.Contains(expected, Verify().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_BeginningRemovedAndHeadForged_IsSeen()
    {
        Write(4);
        var entries = AuditFiles.ReadEntries(_folder.Path).ToList();
        var head = AuditHead.Read(_folder.Path, AuditKey.TryRead(_folder.Path)).Head!;
        Rewrite(Current, lines => lines.RemoveRange(0, 2));

        // Whoever lacks the key signs with one of their own.
        (head with { FirstNumber = 3, FirstPrevious = entries[1].Hash }).Write(_folder.Path, AuditKey.Create());

        Assert.Contains("isn't signed", Verify().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_FullFile_MakesRoomAndTheChainGoesOn()
    {
        var full = WriteFullFile();
        Write(2);

        Assert.Equal(full, Assert.Single(AuditFiles.FullNumbers(_folder.Path)));
        Assert.Equal(2, AuditFiles.ReadFile(Current).Count());
        AssertIntact(full + 2, 1);
    }

    [Fact]
    public void Verify_FullFileRemoved_NamesItWithItsEntries()
    {
        var first = WriteFullFile();
        Write(1);
        var second = WriteFullFile();
        Write(1);

        File.Move(AuditFiles.Full(_folder.Path, first), _folder.File("elsewhere"));
        Assert.Contains($"with entries 1 to {first} was removed", Verify().Problem, StringComparison.Ordinal);
        File.Move(_folder.File("elsewhere"), AuditFiles.Full(_folder.Path, first));
        Assert.Null(Verify().Problem);
        File.Delete(AuditFiles.Full(_folder.Path, second));
        Assert.Contains($"with entries {first + 1} to {second} was removed", Verify().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Rotate_FileOlderThanItIsKept_GoesAndTheRestIsWhole()
    {
        var first = WriteFullFile();
        Write(1);
        for (var passed = TimeSpan.Zero; passed < AuditFiles.KeptFor - TimeSpan.FromDays(1); passed += TimeSpan.FromDays(21))
        {
            _time.Advance(TimeSpan.FromDays(21));
            Write(1);
        }

        var second = WriteFullFile();
        Write(1);
        Assert.Equal([first, second], AuditFiles.FullNumbers(_folder.Path));

        _time.Advance(TimeSpan.FromDays(2));
        var third = WriteFullFile();
        Write(1);

        Assert.Equal([second, third], AuditFiles.FullNumbers(_folder.Path));
        AssertIntact(third + 1 - first, first + 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rotate_ClockIsSetFarAhead_DeletesNothingUntilAWholeFileAgrees(bool rightBeforeIt)
    {
        var first = WriteFullFile();
        Write(1);
        SetAhead(!rightBeforeIt);
        var second = WriteFullFile();
        SetAhead(rightBeforeIt);
        Write(1);

        Assert.Equal([first, second], AuditFiles.FullNumbers(_folder.Path));
        AssertIntact(second + 1, 1);

        var third = WriteFullFile();
        Write(1);
        Assert.Equal([second, third], AuditFiles.FullNumbers(_folder.Path));

        void SetAhead(bool isNow) => _time.Advance(isNow ? AuditFiles.KeptFor + TimeSpan.FromDays(100) : TimeSpan.Zero);
    }

    [Fact]
    public void Rotate_EndedBetweenAnchorAndName_IsFinishedByTheNextAgent()
    {
        var full = WriteFullFile();
        Write(1);
        var key = AuditKey.TryRead(_folder.Path)!;
        var head = AuditHead.Read(_folder.Path, key).Head!;
        var anchored = File.ReadAllBytes(AuditFiles.Full(_folder.Path, full));
        var last = AuditFiles.Parse(Encoding.UTF8.GetString(anchored).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!;

        // As it is on the disk when the agent is ended right after the anchor was written.
        File.Move(AuditFiles.Full(_folder.Path, full), Current, overwrite: true);
        (head with { Number = last.Number, Hash = last.Hash }).Write(_folder.Path, key);
        Assert.Null(Verify().Problem);
        Write(1);

        Assert.Equal(full, Assert.Single(AuditFiles.FullNumbers(_folder.Path)));
        AssertIntact(full + 1, 1);
    }

    [Theory]
    [InlineData("{\"number\":4,\"at\":\"2026-01-05T06:00")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    public void Write_AfterATornLine_SetsItAsideNamesItAndGoesOn(string torn)
    {
        Write(3);
        File.AppendAllText(Current, torn);
        Assert.Null(Verify().Problem);

        Write(2);

        var verification = Verify();
        Assert.Equal((6L, null), (verification.Entries, verification.Problem));
        Assert.Equal(torn, File.ReadAllText(_folder.File(Assert.Single(verification.SetAside))));
        Assert.Contains(AuditFiles.ReadEntries(_folder.Path), entry => entry.Verb == AuditChain.OwnVerb && entry.What == verification.SetAside[0] && entry.Outcome == "done");
    }

    [Fact]
    public void Write_LastEntryMadeToLookTorn_IsTheEndCutOff()
    {
        Write(3);
        var text = File.ReadAllText(Current);
        File.WriteAllText(Current, text[..^20]);

        Assert.Contains("the last entry is 2, but 3 were written", Verify().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_EndedBetweenEntryAndHead_IsWhole()
    {
        Write(3);
        var head = File.ReadAllBytes(_folder.File(AuditHead.FileName));
        Write(1);
        File.WriteAllBytes(_folder.File(AuditHead.FileName), head);

        Assert.Null(Verify().Problem);
        Write(1);
        AssertIntact(5, 1);
    }

    [Fact]
    public void Begin_CutShortBeforeItsKeyWasWritten_BeginsAgain()
    {
        new AuditHead().Write(_folder.Path, AuditKey.Create());
        Assert.Null(Verify().Problem);

        Write(2);

        AssertIntact(2, 1);
    }

    [Fact]
    public void Verify_EntriesAndHeadRemovedAndOnlyTheKeyLeft_IsSeen()
    {
        Write(3);
        File.Delete(Current);
        File.Delete(_folder.File(AuditHead.FileName));

        Assert.Contains("audit.head was removed", Verify().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Worker_AtTheStart_SaysWhatIsBroken()
    {
        Write(4);
        Rewrite(Current, lines => lines.RemoveRange(0, 2));
        var health = new AuditHealth();

        using (var worker = new AuditWorker(NewAudit(), health, Options(), _time, NullLogger<AuditWorker>.Instance))
        {
            worker.Verify();
        }

        Assert.Contains("begins with 1", health.Problem, StringComparison.Ordinal);
    }

    private AuditVerification Verify() => AuditVerification.Run(_folder.Path);

    private void AssertIntact(long entries, long first)
    {
        var verification = Verify();
        Assert.Equal((entries, first, null), (verification.Entries, verification.FirstNumber, verification.Problem));
        Assert.Empty(verification.SetAside);
    }

    /// <summary>Goes on with the chain until the file is full, without the wait for the disk that each entry of the agent itself has.</summary>
    /// <returns>Number of its last entry.</returns>
    private long WriteFullFile()
    {
        if (!File.Exists(Current))
        {
            Write(1);
        }

        var bytes = new FileInfo(Current).Length;
        var last = Continue((int)((AuditFiles.MaximumFileBytes - bytes) / 1_300) + 500);
        var key = AuditKey.TryRead(_folder.Path)!;
        (AuditHead.Read(_folder.Path, key).Head! with { Number = last.Number, Hash = last.Hash }).Write(_folder.Path, key);
        Assert.True(new FileInfo(Current).Length > AuditFiles.MaximumFileBytes);
        return last.Number;
    }

    private AgentAuditEntry Continue(int count)
    {
        var last = AuditFiles.ReadEntries(_folder.Path).Last();
        using var file = File.AppendText(Current);
        for (var number = 0; number < count; number++)
        {
            var next = last with { Number = last.Number + 1, At = _time.GetUtcNow(), Previous = last.Hash, Detail = new string('x', 1_000) };
            last = next with { Hash = next.ComputeHash() };
            file.Write($"{JsonSerializer.Serialize(last, AgentAuditJson.Default.AgentAuditEntry)}\n");
        }

        return last;
    }

    private AgentOptions Options() => new() { DataDirectory = _folder.Path };

    private AgentAudit NewAudit() => new(Options(), _time, NullLogger<AgentAudit>.Instance);

    private void Write(int count)
    {
        var audit = NewAudit();
        for (var number = 0; number < count; number++)
        {
            audit.Write(new AgentAuditEntry { Verb = $"verb-{number}", Who = "ann", Outcome = "done" });
        }
    }

    private static void Rewrite(string path, Action<List<string>> change)
    {
        var lines = File.ReadAllLines(path).ToList();
        change(lines);
        File.WriteAllLines(path, lines);
    }
}
