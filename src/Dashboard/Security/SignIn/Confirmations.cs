using System.Collections.Concurrent;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>
/// Which sessions have proven again, a moment ago, who sits at them: asked for before an action on more than one server. Kept in memory: a restart asks again.
/// </summary>
internal sealed class Confirmations(DashboardOptions options, TimeProvider timeProvider)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    public void Note(string sessionId)
    {
        var now = timeProvider.GetUtcNow();
        if (_until.Count >= Capacity)
        {
            foreach (var (known, until) in _until)
            {
                if (until <= now)
                {
                    _until.TryRemove(known, out _);
                }
            }
        }

        _until[sessionId] = now.AddMinutes(options.SignIn.ConfirmedMinutes);
    }

    public bool IsConfirmed(string sessionId) => _until.TryGetValue(sessionId, out var until) && until > timeProvider.GetUtcNow();
}
