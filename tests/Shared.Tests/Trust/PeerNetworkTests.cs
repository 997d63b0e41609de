using System.Net;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Shared.Tests.Trust;

public sealed class PeerNetworkTests
{
    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5")]
    [InlineData("::ffff:10.0.0.5", "10.0.0.5")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData("::1", "::/64")]
    public void Of_Address_IsItselfOrItsNetwork(string address, string network)
    {
        Assert.Equal(network, PeerNetwork.Of(IPAddress.Parse(address)));
        Assert.Equal(network, PeerNetwork.Of(new IPEndPoint(IPAddress.Parse(address), 5101)));
    }

    [Fact]
    public void Of_NoAddress_IsEmpty()
    {
        Assert.Equal("", PeerNetwork.Of((IPAddress?)null));
        Assert.Equal("", PeerNetwork.Of((EndPoint?)null));
    }
}
