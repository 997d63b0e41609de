using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Doctor;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Doctor;

public sealed class ProbeRunnerTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_AProbeThatHangs_EndsAtItsLimitAndLeavesTheOthersAlone()
    {
        var entered = new TaskCompletionSource();
        var running = RunAsync(
            Probe("hangs", async _ =>
            {
                entered.SetResult();

                // As a call into Windows does: it does not look at the token.
                await new TaskCompletionSource().Task;
                return ProbeOutcome.Works("");
            }),

            // A limit of its own, beyond the leap of the clock: it may come late to its turn.
            Works("answers") with { Limit = TimeSpan.FromSeconds(50) });
        await entered.Task;
        _time.Advance(TimeSpan.FromSeconds(16));

        var results = await running;

        Assert.Equal([ProbeState.Refused, ProbeState.Works], results.Select(result => result.Outcome.State));
        Assert.Equal(ReadFailure.TimedOut, results[0].Outcome.Failure);
        Assert.Equal("no answer within 15 s", results[0].Outcome.Summary);
        Assert.NotEmpty(results[0].Outcome.Advice);
    }

    [Fact]
    public async Task RunAsync_MoreThatHangThanHavePlace_EndAllTheSame()
    {
        var entered = new SemaphoreSlim(0);
        var probes = Enumerable.Range(0, 20).Select(number => Probe($"hangs {number}", async _ =>
        {
            entered.Release();
            await new TaskCompletionSource().Task;
            return ProbeOutcome.Works("");
        }) with
        { Limit = TimeSpan.FromHours(1) });
        var running = RunAsync([.. probes]);
        await entered.WaitAsync(Token);
        _time.Advance(ProbeRunner.LongestExamination);

        var results = await running;

        Assert.Equal(20, results.Count);
        Assert.All(results, result => Assert.Equal(ReadFailure.TimedOut, result.Outcome.Failure));
        Assert.Contains(results, result => result.Outcome.Summary.StartsWith("not tested", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ReadFailure.AccessDenied, ProbeState.Refused)]
    [InlineData(ReadFailure.Unavailable, ProbeState.Refused)]
    [InlineData(ReadFailure.Fault, ProbeState.Refused)]
    [InlineData(ReadFailure.Malformed, ProbeState.Refused)]
    [InlineData(ReadFailure.TimedOut, ProbeState.Refused)]
    [InlineData(ReadFailure.NotFound, ProbeState.Refused)]
    [InlineData(ReadFailure.OnlyOnWindows, ProbeState.NotInstalled)]
    public async Task RunAsync_EdgeFailure_KeepsTheRawErrorAndSaysWhatToDo(ReadFailure failure, ProbeState expected)
    {
        var results = await RunAsync(Probe("fails", _ => throw new EdgeException(failure, "0x80070005")));

        Assert.Equal(expected, results[0].Outcome.State);
        Assert.Equal("0x80070005", results[0].Outcome.Summary);
        Assert.Equal(expected == ProbeState.Refused, results[0].Outcome.Advice.Length > 0);
    }

    [Fact]
    public async Task RunAsync_AnythingElseThatIsThrown_IsARefusalWithItsType()
    {
        var results = await RunAsync(Probe("bug", _ => throw new InvalidCastException("no such interface")), Works("answers"));

        Assert.Equal("InvalidCastException: no such interface", results[0].Outcome.Summary);
        Assert.Equal(ReadFailure.Other, results[0].Outcome.Failure);
        Assert.Equal(ProbeState.Works, results[1].Outcome.State);
    }

    [Fact]
    public async Task RunAsync_RoleThatIsMissing_IsAState()
    {
        var results = await RunAsync(Probe("wsus", _ => throw new WsusNotInstalledException()));

        Assert.Equal(ProbeState.NotInstalled, results[0].Outcome.State);
        Assert.Empty(results[0].Outcome.Advice);
    }

    [Fact]
    public async Task RunAsync_Cancelled_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        var entered = new TaskCompletionSource();
        var running = new ProbeRunner(_time).RunAsync(
            [
                Probe("hangs", async token =>
                {
                    entered.SetResult();
                    await Task.Delay(Timeout.Infinite, token);
                    return ProbeOutcome.Works("");
                }),
            ],
            cancelled.Token);
        await entered.Task;
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static Probe Works(string edge) => Probe(edge, _ => Task.FromResult(ProbeOutcome.Works("yes")));

    private static Probe Probe(string edge, Func<CancellationToken, Task<ProbeOutcome>> tryAsync) => new(ProbeAreas.Windows, edge, tryAsync);

    private Task<IReadOnlyList<ProbeResult>> RunAsync(params Probe[] probes) => new ProbeRunner(_time).RunAsync(probes, Token);
}
