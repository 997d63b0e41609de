using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>
/// How much of a server's history is here: what its agent had when the watch began, and what has come since, against what is stored. Threading: belongs to
/// its server's state, under the state's lock.
/// </summary>
internal sealed class BackfillProgress
{
    /// <summary>So few events are on their way all the time: they are no history that is being read.</summary>
    private const long OnTheirWay = 20;

    private LinkCursor _stored = LinkCursor.Start;
    private LinkCursor _taken = LinkCursor.Start;

    public void SetStored(LinkCursor cursor) => _stored = cursor;

    public void SetTaken(string epoch, long sequence) => _taken = new(epoch, sequence);

    /// <param name="snapshot">The last one; it tells how many events the agent had.</param>
    /// <param name="areSyncsKnown">False where no synchronization is known: an agent that has not read WSUS yet may have all of them still before it.</param>
    public HistoryReading Of(Snapshot? snapshot, bool areSyncsKnown)
    {
        if (snapshot is null)
        {
            return HistoryReading.Unknown;
        }

        var epoch = snapshot.Agent.SequenceEpoch;
        var (stored, total) = (In(epoch, _stored), Math.Max(snapshot.Agent.LastSequence, In(epoch, _taken)));
        var isBehind = stored == 0 ? total > 0 : total - stored > OnTheirWay;
        var isUnread = !areSyncsKnown && (snapshot.Wsus.Status is SectionStatus.Pending || snapshot.ConfigMgr.Status is SectionStatus.Pending);

        return isBehind || isUnread ? new(HistoryState.Reading, stored, total) : new(HistoryState.Complete, stored, total);
    }

    private static long In(string epoch, LinkCursor cursor) => cursor.Epoch == epoch ? cursor.Sequence : 0;
}
