using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Keys;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>
/// Which sessions have proven again, a moment ago, who sits at them: asked for before an action on more than one server. Kept in memory: a restart asks again.
/// The minutes are measured by a clock that nobody sets. Other dashboards of the same database are told, in a way that whoever may only connect to that database can neither read, forge nor say again later.
/// </summary>
internal sealed class Confirmations(DashboardOptions options, KeyFile keyFile, TimeProvider timeProvider, Announcements? announcements = null)
{
    private const int Capacity = 10_000;
    private const char Separator = '.';

    /// <summary>Seconds between two dashboards' clocks, with the way of the message.</summary>
    private const long MostSecondsApart = 60;

    private readonly byte[] _key = keyFile.Derive("confirmations");
    private readonly ConcurrentDictionary<string, long> _at = new(StringComparer.Ordinal);

    public void Note(string sessionId)
    {
        var name = NameOf(sessionId);
        Take(name, timeProvider.GetTimestamp());
        if (announcements is not null)
        {
            announcements.Tell(Topics.Confirmations, Seal(name));
        }
    }

    /// <summary>Notes what was proven at another dashboard just now. What isn't its word, or is an old one, is passed over.</summary>
    public void Take(string word)
    {
        if (word.Split(Separator) is [var name, var seconds, _]
            && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && Math.Abs(timeProvider.GetUtcNow().ToUnixTimeSeconds() - at) <= MostSecondsApart
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(word), Encoding.UTF8.GetBytes(Seal(name, at))))
        {
            Take(name, timeProvider.GetTimestamp());
        }
    }

    public bool IsConfirmed(string sessionId) => _at.TryGetValue(NameOf(sessionId), out var at) && IsFresh(at);

    /// <summary>What other dashboards are told of a session that has just been confirmed.</summary>
    internal string Seal(string name) => Seal(name, timeProvider.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>A session's name in these words: its id opens it, and is told to nobody.</summary>
    internal string NameOf(string sessionId) => Digest($"session{Separator}{sessionId}");

    private void Take(string name, long now)
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

        _at[name] = now;
    }

    private string Seal(string name, long seconds)
    {
        var said = string.Create(CultureInfo.InvariantCulture, $"{name}{Separator}{seconds}");
        return $"{said}{Separator}{Digest(said)}";
    }

    private string Digest(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));

    private bool IsFresh(long at) => timeProvider.GetElapsedTime(at) < TimeSpan.FromMinutes(options.SignIn.ConfirmedMinutes);
}
