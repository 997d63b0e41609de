using WsusDashboard.Agent.Posture;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Agent.Tests.Posture;

public sealed class FirewallReaderTests
{
    private readonly FakeEdges _edges = new();
    private readonly List<WmiRow> _rules = [];
    private readonly List<WmiRow> _ports = [];
    private readonly List<WmiRow> _addresses = [];
    private List<WmiRow> _profiles = [Profile(1), Profile(1), Profile(1)];

    public FirewallReaderTests() => _edges.Wmi = (scope, wql) => scope != @"root\StandardCimv2" ? throw new InvalidOperationException(scope)
        : wql.Contains("MSFT_NetFirewallProfile", StringComparison.Ordinal) ? _profiles
        : wql.Contains("MSFT_NetFirewallRule", StringComparison.Ordinal) ? _rules
        : wql.Contains("MSFT_NetProtocolPortFilter", StringComparison.Ordinal) ? _ports
        : _addresses;

    [Theory]
    [InlineData("8530", true)]
    [InlineData("8531", true)]
    [InlineData("8000-9000", true)]
    [InlineData("80, 8530", true)]
    [InlineData("Any", true)]
    [InlineData("80", false)]
    [InlineData("8532-9000", false)]
    [InlineData("RPC", false)]
    [InlineData("8530-", false)]
    [InlineData("1-2-8530", false)]
    public async Task ReadAsync_ARule_CountsWhereItAllowsOneOfThePorts(string ports, bool expected)
    {
        Add("one", "TCP", ports, "LocalSubnet");

        Assert.Equal(expected, (await ReadAsync()).Rules.Count == 1);
    }

    [Theory]
    [InlineData("TCP", true)]
    [InlineData("Any", true)]
    [InlineData("6", true)]
    [InlineData("UDP", false)]
    [InlineData("17", false)]
    public async Task ReadAsync_ARule_CountsForTcpOnly(string protocol, bool expected)
    {
        Add("one", protocol, "8530", "Any");

        Assert.Equal(expected, (await ReadAsync()).Rules.Count == 1);
    }

    [Fact]
    public async Task ReadAsync_AListOfAddresses_IsJoinedAndCut()
    {
        Add("many", "TCP", new[] { "8530", "8531" }, Enumerable.Range(0, 100).Select(number => $"10.0.0.{number}").ToArray());
        Add("everyone", "TCP", "8530", null);

        var rules = (await ReadAsync()).Rules;

        Assert.Equal("8530, 8531", rules[0].Ports);
        Assert.Equal(300, rules[0].RemoteAddresses.Length);
        Assert.Equal((FirewallRule.Any, true), (rules[1].RemoteAddresses, rules[1].IsForEveryone));
        Assert.False(rules[0].IsForEveryone);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public async Task ReadAsync_Profiles_AreOnTogether(int last, bool expected)
    {
        _profiles = [Profile(1), Profile(last)];

        Assert.Equal(expected, (await ReadAsync()).IsOn);
    }

    private Task<FirewallPart> ReadAsync() => new FirewallReader(_edges, TimeProvider.System).ReadAsync([8530, 8531], TestContext.Current.CancellationToken);

    private void Add(string id, string protocol, object ports, object? addresses)
    {
        _rules.Add(FakeEdges.Row(("InstanceID", id), ("DisplayName", id)));
        _ports.Add(FakeEdges.Row(("InstanceID", id), ("Protocol", protocol), ("LocalPort", ports)));
        _addresses.Add(FakeEdges.Row(("InstanceID", id), ("RemoteAddress", addresses)));
    }

    private static WmiRow Profile(int enabled) => FakeEdges.Row(("Name", "Domain"), ("Enabled", enabled));
}
