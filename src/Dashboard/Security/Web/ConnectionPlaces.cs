using System.Net;
using Microsoft.AspNetCore.Connections;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>So many connections of one address, so that nobody who only holds connections open takes all there are. What comes beyond is ended at once. Threading: any.</summary>
/// <param name="perNetwork">Connections of one address; of IPv6 those of its network.</param>
/// <param name="isProxy">True for the address of a proxy that brings the connections of everybody: it isn't counted.</param>
internal sealed class ConnectionPlaces(int perNetwork, Func<IPAddress, bool> isProxy)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    public ConnectionDelegate Admit(ConnectionDelegate next) => async connection =>
    {
        if (connection.RemoteEndPoint is IPEndPoint { Address: var address } && isProxy(address))
        {
            await next(connection);
            return;
        }

        var network = PeerNetwork.Of(connection.RemoteEndPoint);
        if (!TryEnter(network))
        {
            connection.Abort();
            return;
        }

        var place = new ConnectionPlace(() => Leave(network));
        connection.Features.Set(place);
        try
        {
            await next(connection);
        }
        finally
        {
            place.GiveBack();
        }
    };

    private bool TryEnter(string network)
    {
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(network);
            if (open < perNetwork)
            {
                _open[network] = open + 1;
                return true;
            }

            return false;
        }
    }

    private void Leave(string network)
    {
        lock (_lock)
        {
            if (--_open[network] == 0)
            {
                _open.Remove(network);
            }
        }
    }
}

/// <summary>The place of a connection, which it can give back before it ends: one that has proved whose it is needs none.</summary>
internal sealed class ConnectionPlace(Action leave)
{
    private int _isGivenBack;

    public void GiveBack()
    {
        if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
        {
            leave();
        }
    }
}
