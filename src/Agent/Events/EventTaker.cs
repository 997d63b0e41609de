using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Events;

/// <summary>Makes an event of the agent of each Windows event that the events section shows for the first time, also across restarts.</summary>
/// <remarks>Threading: one reader, that of the section. Where the store cannot be written the marks stay, and the next read tries again.</remarks>
internal sealed class EventTaker(AgentStore store)
{
    private Dictionary<string, EventMark>? _marks;

    /// <exception cref="StoreException">They could not be written; nothing of them is.</exception>
    public async Task TakeAsync(EventsState state, CancellationToken cancellationToken)
    {
        var marks = _marks ??= store.ReadEventMarks().ToDictionary(mark => mark.Log, StringComparer.OrdinalIgnoreCase);
        var fresh = state.Recent.Where(IsFresh).OrderBy(item => item.At).ThenBy(item => item.RecordId).ToList();
        if (fresh.Count == 0)
        {
            return;
        }

        var newest = fresh.GroupBy(item => item.LogName, StringComparer.OrdinalIgnoreCase).Select(group => new EventMark(group.Key, group.Last().At, group.Last().RecordId)).ToList();
        await store.SaveAsync(new StoreBatch { Events = [.. fresh.Select(item => new AgentEvent { At = item.At, WindowsEvent = item })], EventMarks = newest }, cancellationToken).ConfigureAwait(false);
        newest.ForEach(mark => marks[mark.Log] = mark);

        bool IsFresh(WindowsEvent item) =>
            !marks.TryGetValue(item.LogName, out var mark) || item.At > mark.At || (item.At == mark.At && item.RecordId > mark.RecordId);
    }
}
