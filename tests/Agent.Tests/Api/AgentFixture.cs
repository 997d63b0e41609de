using WsusDashboard.Agent.Tests.Support;

namespace WsusDashboard.Agent.Tests.Api;

/// <summary>One agent for the tests of a class that change nothing in it.</summary>
public sealed class AgentFixture : IAsyncLifetime
{
    internal FakeEdges Edges { get; } = new();

    internal TestAgent Agent { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Agent = await TestAgent.StartAsync(Edges);

    public ValueTask DisposeAsync() => Agent.DisposeAsync();
}
