using System.Net;
using System.Net.Sockets;

namespace WsusDashboard.Simulator.Estates;

/// <summary>Free TCP ports of this machine, chosen before anybody listens on them.</summary>
public static class LoopbackPort
{
    // Below the ranges that systems take the ports of outgoing connections from (Linux from 32768, Windows from 49152 on):
    // a port of theirs may be gone between its choice and its use.
    private const int First = 15_000;
    private const int Last = 32_000;
    private const int Attempts = 100;

    /// <summary>A port that nobody uses at this moment.</summary>
    /// <exception cref="IOException">None was found.</exception>
    public static int Choose()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = Random.Shared.Next(First, Last);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new IOException($"Found no free port between {First} and {Last} in {Attempts} attempts.");
    }

    /// <summary>The second of two neighbouring ports that nobody uses at this moment.</summary>
    /// <exception cref="IOException">None were found.</exception>
    public static int ChoosePair()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = Choose();
            if (IsFree(port + 1))
            {
                return port + 1;
            }
        }

        throw new IOException($"Found no two neighbouring free ports between {First} and {Last} in {Attempts} attempts.");
    }

    /// <summary>Whether nobody listens on this port at this moment.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);

            // Elsewhere "exclusive" also means that closed connections of the demo before still hold the port for a minute.
            listener.ExclusiveAddressUse = OperatingSystem.IsWindows();
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
