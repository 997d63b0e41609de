using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared;

namespace WsusDashboard.Agent.Snapshots;

/// <summary>Compares the states that a read found with those seen before, also before a restart, and makes events of real changes only.</summary>
/// <remarks>
/// Threading: calls come from one reader a section, and a subject belongs to one section; the dictionary is under a lock.
/// Where the store cannot be written the memory stays as it was, so that the change becomes an event with a later read.
/// </remarks>
internal sealed class StateTracker(AgentStore store, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private Dictionary<string, KnownState>? _known;

    /// <summary>Takes in the states of one section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="observed">All its states.</param>
    /// <param name="isComplete">True where a subject that is missing is gone; false where the section could not be read.</param>
    /// <param name="detail">Why, for the events.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <exception cref="StoreException">The changes could not be written.</exception>
    public async Task ObserveAsync(string section, IReadOnlyList<ObservedState> observed, bool isComplete, string detail, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        List<KnownState> changed = [];
        List<string> removed = [];
        List<AgentEvent> events = [];
        lock (_lock)
        {
            var known = Load();
            foreach (var state in observed)
            {
                var before = known.GetValueOrDefault(state.Subject);
                if (before?.State != state.State)
                {
                    changed.Add(new KnownState(section, state.Subject, state.State, now));
                    if (before is not null)
                    {
                        events.Add(new AgentEvent { At = now, StateChange = new StateChange(state.Subject, before.State, state.State, detail) });
                    }
                }
            }

            if (isComplete)
            {
                var present = observed.Select(state => state.Subject).ToHashSet(StringComparer.Ordinal);
                foreach (var gone in known.Values.Where(state => state.Section == section && !present.Contains(state.Subject)))
                {
                    removed.Add(gone.Subject);
                    events.Add(new AgentEvent { At = now, StateChange = new StateChange(gone.Subject, gone.State, "Removed", detail) });
                }
            }
        }

        if (changed.Count == 0 && removed.Count == 0)
        {
            return;
        }

        await store.SaveAsync(new StoreBatch { States = changed, RemovedSubjects = removed, Events = events }, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            changed.ForEach(state => _known![state.Subject] = state);
            removed.ForEach(subject => _known!.Remove(subject));
        }
    }

    /// <summary>Since when the agent has seen the present state.</summary>
    public DateTimeOffset? Since(string subject)
    {
        lock (_lock)
        {
            return _known?.GetValueOrDefault(subject)?.Since;
        }
    }

    private Dictionary<string, KnownState> Load() =>
        _known ??= store.ReadStates().ToDictionary(state => state.Subject, StringComparer.Ordinal);
}
