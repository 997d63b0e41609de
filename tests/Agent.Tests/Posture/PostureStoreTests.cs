using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Posture;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Agent.Tests.Posture;

/// <summary>What the agent keeps of a server's posture: how its volume fills up, and the table that an administrator renewed.</summary>
public sealed class PostureStoreTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 12, 1, 9, 0, 0, TimeSpan.Zero));
    private readonly TempFolder _folder = new();
    private readonly AgentOptions _options;
    private readonly AgentStore _store;

    public PostureStoreTests()
    {
        _options = new AgentOptions { DataDirectory = _folder.Path };
        _store = new AgentStore(_options, _time, NullLogger<AgentStore>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task NoteAsync_SevenDays_TellsTheGrowthOfADay()
    {
        var history = new ContentHistory(_store);
        for (var day = 0; day < ContentHistory.FewestDays; day++)
        {
            Assert.Null((await history.NoteAsync(1_000_000 - (day * 1_000), _time.GetUtcNow(), Token)).KilobytesPerDay);
            _time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal((1_000, 7), await history.NoteAsync(993_000, _time.GetUtcNow(), Token));
        Assert.Equal((-1_000, 7), await history.NoteAsync(1_007_000, _time.GetUtcNow(), Token));
    }

    [Fact]
    public async Task NoteAsync_AClockThatWasAhead_LeavesNoDaysThatHaveNotCome()
    {
        var history = new ContentHistory(_store);
        await history.NoteAsync(1, _time.GetUtcNow().AddDays(400), Token);
        await history.NoteAsync(1_000, _time.GetUtcNow().AddDays(-7), Token);

        Assert.Equal((100, 7), await history.NoteAsync(300, _time.GetUtcNow(), Token));
    }

    [Fact]
    public async Task ReadAsync_WithoutAFile_IsTheTableOfTheRelease()
    {
        var (reading, table) = await File().ReadAsync(Token);

        Assert.Equal((PostureTable.OfRelease!.Sha256, PostureTable.OfRelease.AsOf, false, ""), (reading.Sha256, table.AsOf, table.IsFromFile, table.Problem));
        Assert.Empty(Audited());
    }

    [Fact]
    public async Task ReadAsync_ANewerFile_IsUsedAndAuditedOnceWithItsHash()
    {
        var sha256 = Write(TableText("2026-11-30"));

        var (reading, table) = await File().ReadAsync(Token);
        await File().ReadAsync(Token);

        Assert.Equal((sha256, sha256, true, ""), (reading.Sha256, table.Sha256, table.IsFromFile, table.Problem));
        var entry = Assert.Single(Audited());
        Assert.Equal(("posture-table", "done"), (entry.Verb, entry.Outcome));
        Assert.Contains(sha256, entry.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-29")]
    [InlineData("2026-11-01")]
    public async Task ReadAsync_AFileThatIsNotNewer_IsPassedOver(string asOf)
    {
        Write(TableText(asOf));

        var (reading, table) = await File().ReadAsync(Token);

        Assert.Equal((PostureTable.OfRelease!.Sha256, false, ""), (reading.Sha256, table.IsFromFile, table.Problem));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("future")]
    public async Task ReadAsync_AFileThatCannotBeUsed_IsSaidAndTheReleaseCounts(string text)
    {
        Write(text == "future" ? TableText("2027-01-01") : text);

        var (reading, table) = await File().ReadAsync(Token);

        Assert.Equal(PostureTable.OfRelease!.Sha256, reading.Sha256);
        Assert.NotEqual("", table.Problem);
        Assert.Equal("refused", Assert.Single(Audited()).Outcome);
    }

    private PostureTableFile File() => new(_options, _store, new AgentAudit(_options, _time, NullLogger<AgentAudit>.Instance), _time);

    private IReadOnlyList<AgentAuditEntry> Audited() => [.. AuditFiles.ReadEntries(_folder.Path).Where(entry => entry.Verb == "posture-table")];

    private string Write(string text)
    {
        System.IO.File.WriteAllText(_folder.File(PostureTableFile.FileName), text);
        return PostureTable.Sha256Of(System.IO.File.ReadAllBytes(_folder.File(PostureTableFile.FileName)));
    }

    internal static string TableText(string asOf) =>
        $$"""
        {
          "asOf": "{{asOf}}",
          "products": [{ "id": "windows-server-2022", "kind": "windows", "name": "Windows Server 2022", "number": 20348, "ends": "2031-10-14", "mark": "S", "source": "test" }],
          "vulnerabilities": []
        }
        """;
}
