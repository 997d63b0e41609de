using WsusDashboard.Shared.Probing;

namespace WsusDashboard.Shared.Tests.Probing;

public sealed class ClientEndpointsTests
{
    [Theory]
    [InlineData(8530, false, "http://sup01.corp.example:8530/", "http://sup01.corp.example:8530/")]
    [InlineData(80, false, "http://sup01.corp.example/", "http://sup01.corp.example/")]
    [InlineData(8531, true, "https://sup01.corp.example:8531/", "http://sup01.corp.example:8530/")]
    [InlineData(443, true, "https://sup01.corp.example/", "http://sup01.corp.example/")]
    [InlineData(9443, true, "https://sup01.corp.example:9443/", "http://sup01.corp.example:9442/")]
    public void Locate_Port_KeepsFilesOnPlainHttp(int port, bool usesTls, string services, string files)
    {
        var targets = ClientEndpoints.Locate("sup01.corp.example", port, usesTls);

        Assert.Equal(ClientEndpoints.All, targets.Select(target => target.Endpoint));
        Assert.All(targets, target => Assert.StartsWith(target.Endpoint is ClientEndpoint.Content ? files : services, target.Address.ToString(), StringComparison.Ordinal));
        Assert.Equal($"{files}Content/anonymousCheckFile.txt", targets.Single(target => target.Endpoint is ClientEndpoint.Content).Address.ToString());
    }

    [Fact]
    public void PathOf_EveryEndpoint_LiesInItsApplication() =>
        Assert.All(ClientEndpoints.All, endpoint => Assert.StartsWith(ClientEndpoints.ApplicationOf(endpoint) + "/", ClientEndpoints.PathOf(endpoint), StringComparison.Ordinal));

    [Fact]
    public void All_HoldsEveryKnownEndpoint() =>
        Assert.Equal(Enum.GetValues<ClientEndpoint>().Where(endpoint => endpoint is not ClientEndpoint.Unknown), ClientEndpoints.All);
}
