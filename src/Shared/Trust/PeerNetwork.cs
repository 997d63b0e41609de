using System.Net;
using System.Net.Sockets;

namespace WsusDashboard.Shared.Trust;

/// <summary>Whom a connection counts for, where strangers share few places: an address of IPv4, or a network of IPv6, because one network card has addresses of IPv6 without end.</summary>
public static class PeerNetwork
{
    private const int NetworkBytes = 8;

    /// <summary>The address of IPv4 ("10.0.0.5"), the first 64 bits of IPv6 ("2001:db8::/64"); empty where it isn't known.</summary>
    public static string Of(EndPoint? remote) => Of((remote as IPEndPoint)?.Address);

    /// <inheritdoc cref="Of(EndPoint?)"/>
    public static string Of(IPAddress? address)
    {
        if (address is null || address is { IsIPv4MappedToIPv6: true } || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "";
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
