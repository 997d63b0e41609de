using Microsoft.Extensions.Configuration;
using WsusDashboard.Agent.Settings;

namespace WsusDashboard.Agent.Tests.Settings;

public sealed class AgentOptionsTests
{
    [Fact]
    public void Read_SeveralMistakes_ListsEachWithKeyValueAndWhatIsAllowed()
    {
        var exception = Assert.Throws<AgentOptionsException>(() => Read(
            ("Port", "70000"), ("StateInterval", "soon"), ("ListenAddress", "server"), ("Prot", "5101"), ("MaximumKeptEvents", "1.5"), ("WsusHost", "a b"), ("BusyInterval", "01:00:00")));

        Assert.Equal(7, exception.Errors.Count);
        Assert.Contains(exception.Errors, error => error == "Agent:Port is 70000. Allowed: 0 to 65535 (0 picks a free one).");
        Assert.Contains(exception.Errors, error => error.StartsWith("Agent:StateInterval is \"soon\". Allowed: a time", StringComparison.Ordinal));
        Assert.Contains(exception.Errors, error => error.StartsWith("Agent:ListenAddress is \"server\". Allowed: an address", StringComparison.Ordinal));
        Assert.Contains(exception.Errors, error => error.StartsWith("Agent:Prot is not an option. Allowed are: ApplicationHostConfig, ", StringComparison.Ordinal));
        Assert.Contains(exception.Errors, error => error.StartsWith("Agent:BusyInterval is \"01:00:00\". Allowed: 00:00:00.1000000 to 00:01:00", StringComparison.Ordinal));
        Assert.All(exception.Errors, error => Assert.Contains(error, exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_Nothing_GivesDefaultsThatHold()
    {
        var options = Read();

        Assert.Equal(5101, options.Port);
        Assert.True(Path.IsPathFullyQualified(options.DataDirectory));
        Assert.Equal(Environment.MachineName, options.ComputerName);
    }

    [Fact]
    public void Read_Values_AreTaken()
    {
        var options = Read(("Port", "0"), ("idleinterval", "00:01:30"), ("ListenAddress", "::1"), ("ComputerName", "SUP01"));

        Assert.Equal(0, options.Port);
        Assert.Equal(TimeSpan.FromSeconds(90), options.IdleInterval);
        Assert.Equal("::1", options.ListenAddress);
        Assert.Equal("SUP01", options.ComputerName);
    }

    [Fact]
    public void Configure_WrongValue_IsCheckedToo() => Assert.Throws<AgentOptionsException>(() =>
        AgentOptionsReader.Read(new ConfigurationBuilder().Build(), options => options.PoolRestartWait = TimeSpan.FromHours(1)));

    [Fact]
    public void Rules_CoverEachOption() =>
        Assert.Equal(typeof(AgentOptions).GetProperties().Select(property => property.Name).Order(), AgentOptionsRules.Names.Order());

    private static AgentOptions Read(params (string Key, string Value)[] values) => AgentOptionsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create($"Agent:{value.Key}", (string?)value.Value))).Build(),
        configure: null);
}
