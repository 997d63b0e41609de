using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Client;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Client;

public sealed class AnswerMemoryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly AnswerMemory _memory;

    public AnswerMemoryTests() => _memory = new AnswerMemory(_time);

    [Fact]
    public void Usual_IsTheBestGoodAnswer()
    {
        Assert.Equal(AnswerClass.NotAsked, Usual(503));
        Assert.Equal(AnswerClass.NotAsked, Usual(404));
        Assert.Equal(AnswerClass.Refused, Usual(401));
        Assert.Equal(AnswerClass.Refused, Usual(500));
        Assert.Equal(AnswerClass.Answered, Usual(200));
        Assert.Equal(AnswerClass.Answered, Usual(401));
    }

    [Fact]
    public void FailingSince_IsTheFirstBadAnswerInARow()
    {
        Assert.Null(FailingSince(200));
        var first = _time.GetUtcNow();
        foreach (var status in new[] { 503, 500, 401, 503 })
        {
            Assert.Equal(first, FailingSince(status));
        }

        Assert.Null(FailingSince(200));
        var second = _time.GetUtcNow();
        Assert.Equal(second, FailingSince(503));
    }

    [Fact]
    public void Percentile95_FewerThanFive_IsUnknown()
    {
        Note(1, 1, 1, 1);
        Assert.Null(_memory.Percentile95());

        Note(9);
        Assert.Equal(TimeSpan.FromSeconds(9), _memory.Percentile95());
    }

    [Fact]
    public void Percentile95_OfTwenty_LeavesTheSlowestOut()
    {
        Note([.. Enumerable.Range(1, 20).Select(second => (double)second)]);

        Assert.Equal(TimeSpan.FromSeconds(19), _memory.Percentile95());
    }

    [Fact]
    public void Percentile95_OlderThanAQuarterOfAnHour_IsForgotten()
    {
        Note(30, 30, 30, 30, 30);
        _time.Advance(TimeSpan.FromMinutes(15.5));
        Note(1);
        Assert.Null(_memory.Percentile95());

        Note(1, 1, 1, 1);
        Assert.Equal(TimeSpan.FromSeconds(1), _memory.Percentile95());
    }

    [Fact]
    public void Percentile95_TimeInVain_CountsAndNoConnectionDoesNot()
    {
        for (var time = 0; time < 5; time++)
        {
            _memory.Note(State(new ProbeAnswer { Failure = ProbeFailure.NotConnected, Duration = TimeSpan.FromSeconds(2) }));
            Assert.Null(_memory.Percentile95());
        }

        for (var time = 0; time < 5; time++)
        {
            _memory.Note(State(new ProbeAnswer { Failure = ProbeFailure.TimedOut, Duration = TimeSpan.FromSeconds(30) }));
        }

        Assert.Equal(TimeSpan.FromSeconds(30), _memory.Percentile95());
    }

    [Fact]
    public void Percentile95_ThousandsAtOnce_IsThatOfTheLast()
    {
        Note([.. Enumerable.Repeat(30.0, 5_000)]);
        Note([.. Enumerable.Repeat(1.0, 200)]);

        Assert.Equal(TimeSpan.FromSeconds(1), _memory.Percentile95());
    }

    private DateTimeOffset? FailingSince(int status)
    {
        _memory.Note(State(new ProbeAnswer { Status = status }));
        var since = _memory.FailingSince;
        _time.Advance(TimeSpan.FromMinutes(1));
        return since;
    }

    private AnswerClass Usual(int status)
    {
        _memory.Note(State(new ProbeAnswer { Status = status }));
        return _memory.Usual;
    }

    private void Note(params double[] seconds)
    {
        foreach (var time in seconds)
        {
            _memory.Note(State(new ProbeAnswer { Status = 200, Duration = TimeSpan.FromSeconds(time) }));
        }
    }

    private static EndpointState State(ProbeAnswer answer) => new() { Endpoint = ClientEndpoint.ClientWebService, Answer = answer };
}
