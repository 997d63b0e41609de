using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Security;

public sealed class EventLogCopyTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
    private readonly RecordedEvents _events = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Copy_EachEntryOfTheChain_OnceAndInItsOrder()
    {
        var (audit, worker) = Begin();
        using (worker)
        {
            await worker.CopyAsync(Token);
            audit.Write(Entry("control-pool", "asked"));
            await worker.CopyAsync(Token);
            audit.Write(Entry("control-pool", "done"));
            audit.Write(Entry("control-pool", "failed"));
            await worker.CopyAsync(Token);
            await worker.CopyAsync(Token);
        }

        Assert.Equal([(1000, false), (1001, false), (1002, true)], _events.Records.Select(record => (record.EventId, record.IsWarning)));
        Assert.All(_events.Records, record => Assert.Contains("\"who\":\"ann\"", record.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Copy_AgentEndedBeforeIt_IsDoneByTheNextOne()
    {
        var (audit, worker) = Begin();
        await worker.CopyAsync(Token);
        audit.Write(Entry("undo-repair", "asked"));
        worker.Dispose();

        var (_, next) = Begin();
        using (next)
        {
            await next.CopyAsync(Token);
        }

        Assert.Single(_events.Records);
    }

    [Fact]
    public async Task Copy_RefusedByWindows_IsTriedAgainFromThere()
    {
        var (audit, worker) = Begin();
        using (worker)
        {
            await worker.CopyAsync(Token);
            audit.Write(Entry("a", "done"));
            audit.Write(Entry("b", "done"));
            _events.Failure = new EdgeException(ReadFailure.Unavailable, "The event log service isn't running.");
            await Assert.ThrowsAsync<EdgeException>(() => worker.CopyAsync(Token));
            _events.Failure = null;
            await worker.CopyAsync(Token);
        }

        Assert.Equal(["a: done", "b: done"], _events.Records.Select(record => record.Text.Split('\n')[0]));
    }

    [Fact]
    public async Task Copy_TextOfTheOtherSide_HasNoControlCharacters()
    {
        var (audit, worker) = Begin();
        using (worker)
        {
            await worker.CopyAsync(Token);
            audit.Write(Entry("control-pool", "done") with { Reason = "a\r\n\u001b[2J\u202Eb" });
            await worker.CopyAsync(Token);
        }

        Assert.DoesNotContain(Assert.Single(_events.Records).Text.Split('\n', 2)[1], character => char.IsControl(character) || character == '\u202E');
    }

    [Fact]
    public async Task Copy_MarkIsFilesBehind_TakesThemOneAfterTheOther()
    {
        var number = 0;
        foreach (var file in new[] { AuditFiles.Full(_folder.Path, 3), AuditFiles.Full(_folder.Path, 6), AuditFiles.Current(_folder.Path) })
        {
            await File.WriteAllLinesAsync(file, Enumerable.Range(0, 3).Select(_ => JsonSerializer.Serialize(Entry("control-pool", "done") with { Number = ++number }, AgentAuditJson.Default.AgentAuditEntry)), Token);
        }

        await File.WriteAllTextAsync(_folder.File(EventLogCopyWorker.MarkFileName), "1", Token);
        var (_, worker) = Begin();
        using (worker)
        {
            await worker.CopyAsync(Token);
        }

        Assert.Equal(Enumerable.Range(2, 8), Numbers());
    }

    [Theory]
    [InlineData("1000000")]
    [InlineData("4")]
    [InlineData("many")]
    [InlineData("-1")]
    public async Task Copy_MarkThatTheAgentDidNotWrite_CopiesAllAndSaysSo(string mark)
    {
        var (audit, worker) = Begin();
        worker.Dispose();
        Write(audit, 3);
        await File.WriteAllTextAsync(_folder.File(EventLogCopyWorker.MarkFileName), mark, Token);

        await CopyByTheNextAgentAsync();

        Assert.Equal(Enumerable.Range(1, 4), Numbers());
        Assert.Equal((true, 1), (_events.Records[^1].IsWarning, _events.Records.Count(record => record.IsWarning)));
        Assert.Contains(EventLogCopyWorker.MarkFileName, AuditVerification.Run(_folder.Path).Problem, StringComparison.Ordinal);
        Assert.Equal("4", await File.ReadAllTextAsync(_folder.File(EventLogCopyWorker.MarkFileName), Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_AuditRemovedOrAnOlderOnePutBack_CopiesAllThatIsThereAndSaysSo(bool isOlderPutBack)
    {
        var (audit, worker) = Begin();
        worker.Dispose();
        Write(audit, 2);
        string[] files = [AuditFiles.CurrentName, AuditHead.FileName, AuditKey.FileName];
        var older = files.Select(name => File.ReadAllBytes(_folder.File(name))).ToArray();
        Write(audit, 6);
        await CopyByTheNextAgentAsync();
        Assert.Equal(Enumerable.Range(1, 8), Numbers());
        foreach (var (name, content) in files.Zip(older))
        {
            File.Delete(_folder.File(name));
            if (isOlderPutBack)
            {
                await File.WriteAllBytesAsync(_folder.File(name), content, Token);
            }
        }

        var (next, copy) = Begin();
        copy.Dispose();
        Write(next, 1);
        _events.Records.Clear();
        await CopyByTheNextAgentAsync();

        var last = isOlderPutBack ? 3 : 1;
        Assert.Equal(Enumerable.Range(1, last + 1), Numbers());
        Assert.Contains(AuditFiles.ReadEntries(_folder.Path), entry => entry is { Verb: AuditChain.OwnVerb, Outcome: "failed", What: EventLogCopyWorker.MarkFileName } && entry.Number == last + 1);
    }

    [Fact]
    public async Task Copy_WithoutAMark_CopiesFromTheBeginning()
    {
        var (audit, worker) = Begin();
        worker.Dispose();
        Write(audit, 3);

        await CopyByTheNextAgentAsync();

        Assert.Equal(Enumerable.Range(1, 3), Numbers());
        Assert.Null(AuditVerification.Run(_folder.Path).Problem);
    }

    [Fact]
    public async Task Copy_RefusedRequests_AreNotAmongThem()
    {
        var (audit, worker) = Begin();
        using (worker)
        {
            await worker.CopyAsync(Token);
            audit.Count(Entry("control-pool", "refused"));
            await worker.CopyAsync(Token);
        }

        Assert.Empty(_events.Records);
    }

    private static AgentAuditEntry Entry(string verb, string outcome) => new() { Verb = verb, Who = "ann", Outcome = outcome };

    private static void Write(AgentAudit audit, int count)
    {
        for (var number = 0; number < count; number++)
        {
            audit.Write(Entry("control-pool", "done"));
        }
    }

    /// <summary>Of the entries that were copied, in their order.</summary>
    private IEnumerable<int> Numbers() => _events.Records.Select(record => JsonDocument.Parse(record.Text.Split('\n', 2)[1]).RootElement.GetProperty("number").GetInt32());

    private async Task CopyByTheNextAgentAsync()
    {
        var (_, worker) = Begin();
        using (worker)
        {
            await worker.CopyAsync(Token);
        }
    }

    private (AgentAudit Audit, EventLogCopyWorker Worker) Begin()
    {
        var options = new AgentOptions { DataDirectory = _folder.Path };
        var audit = new AgentAudit(options, _time, NullLogger<AgentAudit>.Instance);
        return (audit, new(audit, _events, options, _time, NullLogger<EventLogCopyWorker>.Instance));
    }

    private sealed class RecordedEvents : IEventLogWriter
    {
        public List<EventLogRecord> Records { get; } = [];

        public EdgeException? Failure { get; set; }

        public Task WriteAsync(EventLogRecord record, CancellationToken cancellationToken)
        {
            if (Failure is not null)
            {
                return Task.FromException(Failure);
            }

            Records.Add(record);
            return Task.CompletedTask;
        }
    }
}
