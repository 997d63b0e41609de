using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace WsusDashboard.Shared.Trust;

/// <summary>The address of a dashboard's port for agents, written the one way there is: https, a host and a port, and nothing behind it.</summary>
public static class HubAddress
{
    /// <summary>Longest text of one.</summary>
    public const int MaximumLength = 300;

    /// <summary>What is allowed, for an error.</summary>
    public const string Allowed = "https, a host name or IP address, and a port, for example https://wsusdashboard1.corp.example:5443";

    /// <summary>The address as it is written.</summary>
    public static string Text(Uri address) =>
        string.Create(CultureInfo.InvariantCulture, $"https://{(address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost)}:{address.Port}");

    /// <summary>Reads an address; the name of a host in any case.</summary>
    public static bool TryRead(string? text, [NotNullWhen(true)] out Uri? address)
    {
        address = null;
        if (text is null || text.Length > MaximumLength || !Uri.TryCreate(text, UriKind.Absolute, out var read) || read.Scheme != Uri.UriSchemeHttps || read.Port is < 1 or > 65535)
        {
            return false;
        }

        // Compared as a whole: a name and a password, a path or a port that was left out would each be written in another way.
        if (!string.Equals(Text(read), text, StringComparison.OrdinalIgnoreCase) || IsNowhere(read))
        {
            return false;
        }

        address = read;
        return true;
    }

    private static bool IsNowhere(Uri address) =>
        address.HostNameType == UriHostNameType.Unknown || (IPAddress.TryParse(address.Host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));
}
