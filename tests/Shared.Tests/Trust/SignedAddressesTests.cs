using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Shared.Tests.Trust;

/// <summary>Addresses of dashboards as they are written, and the list of them that a hub signs.</summary>
public sealed class SignedAddressesTests : IDisposable
{
    private const string HubId = "0123456789abcdef0123456789abcdef";

    private readonly IdentityKey _key = IdentityKey.Create("hub", TimeProvider.System.GetUtcNow());

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData("https://hub.example:5443", "https://hub.example:5443")]
    [InlineData("https://HUB.Example:5443", "https://hub.example:5443")]
    [InlineData("https://hub.example:443", "https://hub.example:443")]
    [InlineData("https://10.1.2.3:5443", "https://10.1.2.3:5443")]
    [InlineData("https://[2001:db8::1]:5443", "https://[2001:db8::1]:5443")]
    public void TryRead_HostAndPort_IsWrittenOneWay(string text, string expected)
    {
        Assert.True(HubAddress.TryRead(text, out var address));
        Assert.Equal(expected, HubAddress.Text(address));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://hub.example")]
    [InlineData("http://hub.example:5443")]
    [InlineData("https://hub.example:5443/")]
    [InlineData("https://hub.example:5443/enrol")]
    [InlineData("https://hub.example:5443?x=1")]
    [InlineData("https://name:password@hub.example:5443")]
    [InlineData("https://hub.example:0")]
    [InlineData("https://hub.example:70000")]
    [InlineData("https://0.0.0.0:5443")]
    [InlineData("https://[::]:5443")]
    [InlineData(" https://hub.example:5443")]
    [InlineData("https://hub.example:5443\n")]
    public void TryRead_AnythingElse_IsNone(string? text) => Assert.False(HubAddress.TryRead(text, out _));

    [Fact]
    public void IsSignedBy_OtherKeyIdRevisionOrAddresses_IsFalse()
    {
        string[] addresses = ["https://a.example:5443", "https://b.example:5443"];
        using var other = IdentityKey.Create("other", TimeProvider.System.GetUtcNow());
        var list = SignedAddresses.Create(HubId, 7, addresses, _key);

        Assert.True(list.IsSignedBy(pin => pin == _key.Pin));
        Assert.False(list.IsSignedBy(pin => pin == other.Pin));
        Assert.False((list with { Key = other.Certificate.PublicKey.ExportSubjectPublicKeyInfo() }).IsSignedBy(_ => true));
        Assert.False((list with { Key = new byte[600] }).IsSignedBy(_ => true));
        Assert.False((list with { Key = new byte[10] }).IsSignedBy(_ => true));
        Assert.False((list with { HubId = new string('f', 32) }).IsSignedBy(_ => true));
        Assert.False((list with { Revision = 8 }).IsSignedBy(_ => true));
        Assert.False((list with { Addresses = [.. addresses.Reverse()] }).IsSignedBy(_ => true));
        Assert.False((list with { Addresses = [addresses[0]] }).IsSignedBy(_ => true));
        Assert.False((list with { Signature = new byte[64] }).IsSignedBy(_ => true));
    }
}
