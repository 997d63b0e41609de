using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Agents.Outbound;

namespace WsusDashboard.Dashboard.Tests.Agents;

/// <summary>Connections of agents wait while the program is behind with its other work, and no longer than that.</summary>
public sealed class AgentAdmissionTests : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(25);

    private readonly FakeTimeProvider _time = new();
    private readonly AgentAdmission _admission;
    private TimeSpan _lag;
    private int _looks;
    private int _admitted;

    public AgentAdmissionTests() => _admission = new(
        () =>
        {
            _looks++;
            return Task.FromResult(_lag);
        },
        _time);

    public void Dispose() => _admission.Dispose();

    [Fact]
    public async Task Connection_NothingWaits_IsLetInAtOnce()
    {
        await ConnectAsync();

        Assert.Equal((1, 1), (_admitted, _looks));
    }

    [Fact]
    public async Task Connections_WorkWaits_AreLetInOnceItIsDone()
    {
        _lag = AgentAdmission.BriefWait * 2;
        var first = ConnectAsync();
        var second = ConnectAsync();
        _time.Advance(Step);
        Assert.Equal((0, 2), (_admitted, _looks));

        _lag = AgentAdmission.BriefWait;
        _time.Advance(Step);
        await first;
        await second;

        Assert.Equal((2, 4), (_admitted, _looks));
    }

    [Fact]
    public async Task Connections_WorkWaitsForLong_AreLetInAllTheSame()
    {
        _lag = AgentAdmission.BriefWait * 2;
        var first = ConnectAsync();
        var second = ConnectAsync();

        _time.Advance(AgentAdmission.LongestWait);
        await first;
        await second;

        Assert.Equal(2, _admitted);
    }

    [Fact]
    public async Task Connection_EndsWhileItWaits_IsNotLetIn()
    {
        _lag = AgentAdmission.BriefWait * 2;
        using var closed = new CancellationTokenSource();
        var first = ConnectAsync(closed);

        await closed.CancelAsync();
        await first;
        _lag = TimeSpan.Zero;
        await ConnectAsync();

        Assert.Equal(1, _admitted);
    }

    private Task ConnectAsync(CancellationTokenSource? closed = null) => _admission.Admit(_ =>
    {
        _admitted++;
        return Task.CompletedTask;
    })(new DefaultConnectionContext { ConnectionClosed = closed?.Token ?? CancellationToken.None });
}
