using System.Threading.Channels;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Snapshots;

/// <summary>A collector that answers what the test puts into a channel, and tells each call through another.</summary>
internal sealed class FakeCollector(string sectionName) : ICollector
{
    private readonly Channel<ReadDepth> _calls = Channel.CreateUnbounded<ReadDepth>();
    private readonly Channel<Func<CancellationToken, Task<Reading>>> _answers = Channel.CreateUnbounded<Func<CancellationToken, Task<Reading>>>();

    public string SectionName => sectionName;

    public TimeSpan IdleInterval { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan? RepairInterval { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public void Answer(Reading reading) => Answer(_ => Task.FromResult(reading));

    public void Answer(Func<CancellationToken, Task<Reading>> answer) => _answers.Writer.TryWrite(answer);

    /// <summary>Waits until the collector is asked.</summary>
    public async Task<ReadDepth> AskedAsync() => await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public bool WasAsked() => _calls.Reader.TryRead(out _);

    public static Reading Services(params (string Name, ServiceState State)[] services) => Reading.Ok(new ServicesState
    {
        Services = [.. services.Select(service => new ServiceStatus { Name = service.Name, State = service.State })],
    });

    public async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken)
    {
        _calls.Writer.TryWrite(depth);
        var answer = await _answers.Reader.ReadAsync(cancellationToken);
        return await answer(cancellationToken);
    }
}
