using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using WsusDashboard.Agent.Settings;
using WsusDashboard.Shared.Settings;

namespace WsusDashboard.Agent.Tests.Settings;

public sealed class AgentOptionsTests
{
    [Fact]
    public void Read_SeveralMistakes_ListsEachWithKeyValueAndWhatIsAllowed()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Read(
            ("Port", "70000"), ("StateInterval", "soon"), ("ListenAddress", "server"), ("Prot", "5101"), ("MaximumKeptEvents", "1.5"), ("WsusHost", "a b"), ("BusyInterval", "01:00:00")));

        Assert.Equal(7, exception.Failures.Count());
        Assert.Contains(exception.Failures, error => error == "Agent:Port is 70000. Allowed: 0 to 65535.");
        Assert.Contains(exception.Failures, error => error.StartsWith("Agent:StateInterval is \"soon\". Allowed: 00:00:01 to 01:00:00", StringComparison.Ordinal));
        Assert.Contains(exception.Failures, error => error.StartsWith("Agent:ListenAddress is \"server\". Allowed: an IP address", StringComparison.Ordinal));
        Assert.Contains(exception.Failures, error => error.StartsWith("Agent:Prot isn't an option. Allowed: Agent:DataDirectory, ", StringComparison.Ordinal));
        Assert.Contains(exception.Failures, error => error.StartsWith("Agent:BusyInterval is \"01:00:00\". Allowed: 00:00:00.1 to 00:01:00", StringComparison.Ordinal));
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
    public void Configure_WrongValue_IsCheckedToo() => Assert.Throws<OptionsValidationException>(() =>
        new ConfigurationBuilder().Build().ReadAgentOptions(options => options.PoolRestartWait = TimeSpan.FromHours(1)));

    [Fact]
    public void In_EachOption_HasARuleUnlessItIsASwitch() =>
        Assert.DoesNotContain(OptionEntry.In("Agent", new AgentOptions()), option => option.Property.PropertyType != typeof(bool) && option.Allowed == "text");

    private static AgentOptions Read(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create($"Agent:{value.Key}", (string?)value.Value))).Build().ReadAgentOptions();
}
