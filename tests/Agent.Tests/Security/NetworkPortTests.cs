using WsusDashboard.Agent.Security.Access;
using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Agent.Security.Pairing;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>When the agent listens. A server whose port is shut while a dashboard needs it is out of reach.</summary>
public sealed class NetworkPortTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, false, false, true)]
    [InlineData(false, false, true, false)]
    [InlineData(false, true, false, false)]
    [InlineData(false, true, true, false)]
    [InlineData(true, false, false, true)]
    [InlineData(true, false, true, true)]
    [InlineData(true, true, false, true)]
    [InlineData(true, true, true, true)]
    public void IsNeeded_AnyHubThatHasNoOtherWay_KeepsThePort(bool hasPaired, bool hasOutbound, bool isEnrolling, bool isNeeded)
    {
        File.WriteAllText(_folder.File(PairedHubs.FileName), $"[{string.Join(',', new[] { hasPaired ? Hub("a", "") : "", hasOutbound ? Hub("b", "\"https://hub:5443\"") : "" }.Where(hub => hub.Length > 0))}]");
        if (isEnrolling)
        {
            new EnrolmentFile("https://hub:5443", "token").Write(_folder.Path);
        }

        Assert.Equal(isNeeded, NetworkPort.IsNeeded(new AgentOptions { DataDirectory = _folder.Path }));
    }

    [Fact]
    public void IsNeeded_OrderThatNobodyCanCarryOut_IsNone()
    {
        File.WriteAllText(EnrolmentFile.PathIn(_folder.Path), "{ damaged");

        Assert.True(NetworkPort.IsNeeded(new AgentOptions { DataDirectory = _folder.Path }));
    }

    [Theory]
    [InlineData(AgentOptions.ListenYes, true)]
    [InlineData(AgentOptions.ListenNo, false)]
    public void IsNeeded_SaidInTheOptions_IsWhatTheySay(string listen, bool isNeeded) => Assert.Equal(isNeeded, NetworkPort.IsNeeded(new AgentOptions { DataDirectory = _folder.Path, Listen = listen }));

    private static string Hub(string id, string addresses) => $$"""{"id":"{{id}}","name":"{{id}}","pin":"{{new string('a', 64)}}","pairedAt":"2026-01-01T00:00:00Z","pairedFrom":"tests","addresses":[{{addresses}}]}""";
}
