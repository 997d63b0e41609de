using System.Net;
using System.Net.Sockets;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>Connects to what people named, and to nothing else: the name is resolved here, and what is connected to is what was checked. Threading: any thread.</summary>
internal static class OutboundConnections
{
    /// <summary>Tries each address of the name once, within the caller's deadline.</summary>
    /// <exception cref="InnerAddressException">There is an inner address among them, and none is allowed.</exception>
    /// <exception cref="SocketException">None answers, or there is none.</exception>
    public static async Task<Socket> ConnectAsync(string host, int port, bool allowsInnerAddresses, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        if (!allowsInnerAddresses && addresses.Any(InnerAddresses.Contain))
        {
            throw new InnerAddressException(host);
        }

        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return socket;
            }
            catch (SocketException exception)
            {
                socket.Dispose();
                last = exception;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}
