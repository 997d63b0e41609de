using System.Net;
using System.Net.Sockets;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>
/// Addresses that somebody outside can't reach and this computer can: whoever may name an address to send to could else have the dashboard ask for what is kept
/// from them. Asked after the name was resolved, for the address that is connected to.
/// </summary>
internal static class InnerAddresses
{
    private static readonly IPNetwork[] Networks =
    [
        .. new[]
        {
            // IANA's special-purpose registries: this network, private use, shared by carriers, loopback, link-local, protocols, benchmarking, multicast and reserved.
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
            "::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    // What these carry is an IPv4 address, and a router may bring it there.
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    public static bool Contain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return Contain(address.MapToIPv4());
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var bytes = address.GetAddressBytes();
            if (Translated.Contains(address))
            {
                return Contain(new IPAddress(bytes.AsSpan(12, 4)));
            }

            if (SixToFour.Contains(address))
            {
                return Contain(new IPAddress(bytes.AsSpan(2, 4)));
            }

            // A zone (fe80::1%2) belongs to the address, not to the network.
            address = new IPAddress(bytes);
        }

        return Networks.Any(network => network.Contains(address));
    }
}

/// <summary>The name leads to an inner address, and the channel doesn't allow one.</summary>
internal sealed class InnerAddressException(string host) : Exception($"{host} is an address inside of a network (loopback, private or link-local). Allow inner addresses for this channel if that's right. Nothing was sent.");
