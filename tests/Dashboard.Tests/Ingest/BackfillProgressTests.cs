using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Tests.Ingest;

/// <summary>Whether the history of a server is here.</summary>
public sealed class BackfillProgressTests
{
    private readonly BackfillProgress _progress = new();

    [Fact]
    public void Of_NothingRead_IsUnknown() => Assert.Equal(HistoryState.Unknown, _progress.Of(null, areSyncsKnown: false).State);

    [Theory]
    [InlineData(0, 0, HistoryState.Complete)]
    [InlineData(0, 1, HistoryState.Reading)]
    [InlineData(500, 1000, HistoryState.Reading)]
    [InlineData(979, 1000, HistoryState.Reading)]
    [InlineData(980, 1000, HistoryState.Complete)]
    [InlineData(1000, 1000, HistoryState.Complete)]
    public void Of_StoredAndKnownEvents_IsReadingUntilNearlyAllAreHere(long stored, long last, HistoryState expected)
    {
        _progress.SetStored(new("epoch-1", stored));

        var reading = _progress.Of(Snapshot(last), areSyncsKnown: true);

        Assert.Equal((expected, stored, last), (reading.State, reading.Taken, reading.Total));
    }

    [Fact]
    public void Of_AgentWithANewEpoch_BeginsAgain()
    {
        _progress.SetStored(new("epoch-0", 1000));

        Assert.Equal((HistoryState.Reading, 0), (_progress.Of(Snapshot(300), areSyncsKnown: true).State, _progress.Of(Snapshot(300), areSyncsKnown: true).Taken));
    }

    [Fact]
    public void Of_EventsThatCameMeanwhile_AreWaitedForToo()
    {
        _progress.SetStored(new("epoch-1", 1000));
        _progress.SetTaken("epoch-1", 1100);

        Assert.Equal(new HistoryReading(HistoryState.Reading, 1000, 1100), _progress.Of(Snapshot(1000), areSyncsKnown: true));
    }

    [Theory]
    [InlineData(true, HistoryState.Complete)]
    [InlineData(false, HistoryState.Reading)]
    public void Of_WsusNotReadYet_MayHaveAllOfItStillBeforeIt(bool areSyncsKnown, HistoryState expected)
    {
        _progress.SetStored(new("epoch-1", 10));
        var snapshot = Snapshot(10);

        Assert.Equal(expected, _progress.Of(snapshot with { Wsus = snapshot.Wsus with { Status = SectionStatus.Pending } }, areSyncsKnown).State);
    }

    private static Snapshot Snapshot(long lastSequence)
    {
        var snapshot = Samples.Snapshot(Clock.Start);
        return snapshot with { Agent = snapshot.Agent with { LastSequence = lastSequence } };
    }
}
