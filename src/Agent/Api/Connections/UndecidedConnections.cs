using System.Net;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Api.Connections;

/// <summary>
/// The connections that have not shown the key of a paired hub yet: so many an address, so many in all. A new one always comes in: where there is no place, the oldest of whoever
/// holds most gives up its own. Someone who only holds connections open can then hold no place for long, and a handshake needs one for milliseconds.
/// </summary>
/// <remarks>Safe for use from several threads. Connections are ended outside of the lock.</remarks>
internal sealed class UndecidedConnections
{
    public const int PerAddress = 32;
    public const int InAll = 128;

    private readonly Lock _gate = new();

    // Oldest first.
    private readonly List<Place> _places = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _places.Count;
            }
        }
    }

    /// <summary>Takes a place until it is disposed.</summary>
    /// <param name="remote">Where the connection comes from; an address of IPv6 counts for its network.</param>
    /// <param name="end">Ends the connection; called at most once, from any thread.</param>
    public IDisposable Enter(EndPoint? remote, Action end)
    {
        var place = new Place(this, PeerNetwork.Of(remote), end);
        Place? displaced;
        lock (_gate)
        {
            displaced = FindDisplaced(place.From);
            _places.Remove(displaced!);
            _places.Add(place);
        }

        displaced?.End();
        return place;
    }

    private Place? FindDisplaced(string from)
    {
        var ofAddress = _places.Where(place => place.From == from).ToList();
        return ofAddress.Count >= PerAddress ? ofAddress[0]
            : _places.Count >= InAll ? _places.GroupBy(place => place.From, StringComparer.Ordinal).MaxBy(group => group.Count())!.First()
            : null;
    }

    private sealed class Place(UndecidedConnections owner, string from, Action end) : IDisposable
    {
        public string From => from;

        public void End() => end();

        public void Dispose()
        {
            lock (owner._gate)
            {
                owner._places.Remove(this);
            }
        }
    }
}
