using System.Collections.Concurrent;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>
/// Which sessions have proven again, a moment ago, who sits at them: asked for before an action on more than one server. Kept in memory: a restart asks again.
/// The minutes are measured by a clock that nobody sets. Other dashboards of the same database are told.
/// </summary>
internal sealed class Confirmations(DashboardOptions options, TimeProvider timeProvider, Announcements? announcements = null)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<string, long> _at = new(StringComparer.Ordinal);

    public void Note(string sessionId)
    {
        Take(sessionId);
        announcements?.Tell(Topics.Confirmations, sessionId);
    }

    /// <summary>Notes what was proven at another dashboard just now.</summary>
    public void Take(string sessionId)
    {
        if (_at.Count >= Capacity)
        {
            foreach (var (known, at) in _at)
            {
                if (!IsFresh(at))
                {
                    _at.TryRemove(known, out _);
                }
            }
        }

        _at[sessionId] = timeProvider.GetTimestamp();
    }

    public bool IsConfirmed(string sessionId) => _at.TryGetValue(sessionId, out var at) && IsFresh(at);

    private bool IsFresh(long at) => timeProvider.GetElapsedTime(at) < TimeSpan.FromMinutes(options.SignIn.ConfirmedMinutes);
}
