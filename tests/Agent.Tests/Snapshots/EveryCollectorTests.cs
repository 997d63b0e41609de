using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Snapshots;

/// <summary>What holds for each collector, whatever it reads.</summary>
public sealed class EveryCollectorTests : IAsyncLifetime
{
    private readonly FakeEdges _edges = new();
    private TestAgent _agent = null!;

    public static TheoryData<string> Sections => [.. SectionNames.All];

    public async ValueTask InitializeAsync() => _agent = await TestAgent.StartAsync(_edges);

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public void Collectors_AreOneASection() =>
        Assert.Equal(SectionNames.All.Order(), _agent.Services.GetServices<ICollector>().Select(collector => collector.SectionName).Order());

    [Theory]
    [MemberData(nameof(Sections))]
    public void Schedule_IsBounded(string section)
    {
        var collector = Find(section);

        Assert.InRange(collector.IdleInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Assert.InRange(collector.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public async Task CollectAsync_EmptyServer_IsReadOrNotInstalledOrSaysWhy(string section)
    {
        var reading = await ReadAsync(section);

        Assert.NotEqual(SectionStatus.Pending, reading.Status);
        Assert.True(reading.Status != SectionStatus.Unreadable || reading.Error is { Length: > 0 });
        Assert.True(reading.Status != SectionStatus.Ok || reading.Value is not null);
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public async Task CollectAsync_EverythingRefused_IsUnreadableWithTheReason(string section)
    {
        _edges.Failure = new EdgeException(ReadFailure.AccessDenied, "Access is denied.");

        var reading = await ReadAsync(section);

        Assert.Equal(SectionStatus.Unreadable, reading.Status);
        Assert.NotEqual(ReadFailure.None, reading.Failure);
        Assert.NotEmpty(reading.Error ?? "");
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public async Task Snapshot_AfterARead_HasTheSectionWithItsTimes(string section)
    {
        await _agent.Services.GetRequiredService<CollectorHost>().RefreshAsync(section, TestContext.Current.CancellationToken);

        var wire = SectionBindings.Find(section).ToWire(_agent.Services.GetRequiredService<SnapshotStore>().Current);
        Assert.Equal(section, wire.Name);
        Assert.True(wire.Revision > 0);
        Assert.NotNull(wire.AttemptedAt);
        Assert.True(wire.Interval.ToTimeSpan() > TimeSpan.Zero);
    }

    private ICollector Find(string section) => _agent.Services.GetServices<ICollector>().Single(collector => collector.SectionName == section);

    private async Task<Reading> ReadAsync(string section)
    {
        try
        {
            return await Find(section).CollectAsync(ReadDepth.Everything, TestContext.Current.CancellationToken);
        }
        catch (EdgeException exception)
        {
            return Reading.Unreadable(exception);
        }
    }
}
