using WsusDashboard.Agent.Host;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Host;

public sealed class InstalledUpdatesReaderTests
{
    private readonly SettableClock _time = new(new DateTimeOffset(2026, 1, 20, 6, 0, 0, TimeSpan.Zero));
    private readonly FakeEdges _edges = new();
    private readonly InstalledUpdatesReader _reader;
    private int _queries;

    public InstalledUpdatesReaderTests()
    {
        _edges.Wmi = (_, _) =>
        {
            _queries++;
            return [Row("KB1", "1/5/2026"), Row("KB2", "1/6/2026"), Row("KB3", "1/19/2026"), Row("File 1", "1/19/2026"), Row("KB4", ""), Row("KB5", "13/19/2026"), Row("KB6", "1/19/2027"), Row("KB7", null)];
        };
        _reader = new InstalledUpdatesReader(_edges, _time);
    }

    [Fact]
    public async Task ReadAsync_UpdatesOfManyDays_GivesThoseOfTheLastFortnightNewestFirst()
    {
        var read = await ReadAsync();

        Assert.Equal([new("KB3", new DateTimeOffset(2026, 1, 19, 0, 0, 0, TimeSpan.Zero))], read.Updates.Take(1));
        Assert.Equal(["KB3"], read.Updates.Select(update => update.Id));
        Assert.Equal((_time.GetUtcNow(), ""), (read.ReadAt, read.Problem));
    }

    [Fact]
    public async Task ReadAsync_AskedOften_AsksWindowsEverySixHoursAndForgetsWhatGrowsOld()
    {
        await ReadAsync();
        _time.Advance(TimeSpan.FromHours(5));
        await ReadAsync();
        Assert.Equal(1, _queries);

        _time.Advance(TimeSpan.FromHours(1));
        await ReadAsync();
        Assert.Equal(2, _queries);

        _edges.Failure = new EdgeException(ReadFailure.Fault, "no");
        _time.Advance(TimeSpan.FromDays(14));
        var old = await ReadAsync();

        Assert.Empty(old.Updates);
        Assert.Equal("no", old.Problem);
    }

    [Fact]
    public async Task ReadAsync_Refused_KeepsWhatWasKnownAndAsksAgainInAnHour()
    {
        _edges.Failure = new EdgeException(ReadFailure.AccessDenied, "denied");
        var refused = await ReadAsync();
        _edges.Failure = null;
        await ReadAsync();
        Assert.Equal((null, "denied", 0), (refused.ReadAt, refused.Problem, _queries));

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("", (await ReadAsync()).Problem);
    }

    [Fact]
    public async Task ReadAsync_ManyUpdates_AreBounded()
    {
        _edges.Wmi = (_, _) => [.. Enumerable.Range(0, 500).Select(index => Row($"KB{index}", "1/19/2026"))];

        Assert.Equal(50, (await ReadAsync()).Updates.Count);
    }

    [Theory]
    [InlineData("10/24/2025", "2025-10-24")]
    [InlineData("1/2/2026", "2026-01-02")]
    [InlineData("20260102", "2026-01-02")]
    [InlineData("01D2A8F6F0E7C000", "2017-03-30")]
    [InlineData("24.10.2025", null)]
    [InlineData("FFFFFFFFFFFFFFFF", null)]
    [InlineData("", null)]
    public void ReadDay_EveryForm_IsUnderstood(string text, string? day) =>
        Assert.Equal(day, InstalledUpdatesReader.ReadDay(text)?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));

    private static WmiRow Row(string id, string? installedOn) => FakeEdges.Row(("HotFixID", id), ("InstalledOn", installedOn));

    private Task<InstalledUpdates> ReadAsync() => _reader.ReadAsync(TestContext.Current.CancellationToken);
}
