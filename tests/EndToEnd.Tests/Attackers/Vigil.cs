using System.Diagnostics;
using System.Globalization;

namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>What is watched while an attack goes on: the memory of the program under attack, and how soon it answers those who must be answered.</summary>
internal sealed class Vigil : IAsyncDisposable
{
    /// <summary>Within this time whoever administers a server is answered, on the server itself.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    /// <summary>What is told beside the slowest: attacker and attacked share the processors of this machine.</summary>
    private const double MostAnswers = 0.9;

    /// <summary>A program has settled where it grew by no more than that in this time.</summary>
    private const long SettledBytes = 2L * 1024 * 1024;

    private static readonly TimeSpan SettledTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SettlingLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ChildProcess _program;
    private readonly Func<Task> _ask;
    private readonly CancellationTokenSource _ending = new();
    private readonly List<TimeSpan> _answers = [];
    private readonly List<string> _failures = [];
    private readonly long _firstBytes;
    private readonly Task _asking;
    private readonly Task _measuring;
    private long _highestBytes;

    private Vigil(ChildProcess program, Func<Task> ask)
    {
        (_program, _ask) = (program, ask);
        _firstBytes = _highestBytes = program.ReadMemoryBytes();
        (_asking, _measuring) = (Task.Run(AskAsync), Task.Run(MeasureAsync));
    }

    /// <summary>Begins to watch. What a program needs for its first answer is not counted as growth: it is asked once before.</summary>
    public static async Task<Vigil> BeginAsync(ChildProcess program, Func<Task> ask)
    {
        await ask();
        return new(program, ask);
    }

    /// <summary>Waits until the program needs no more for what it does by itself: an agent that has just been started looks at the failed syncs of weeks.</summary>
    public static async Task SettleAsync(ChildProcess program)
    {
        var (startedAt, settledSince, bytes) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp(), program.ReadMemoryBytes());
        while (Stopwatch.GetElapsedTime(settledSince) < SettledTime && Stopwatch.GetElapsedTime(startedAt) < SettlingLimit)
        {
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
            if (program.ReadMemoryBytes() is var now && now > bytes + SettledBytes)
            {
                (bytes, settledSince) = (now, Stopwatch.GetTimestamp());
            }
        }
    }

    /// <summary>Ends, and asserts that the program lives, grew by no more than that, and answered each time.</summary>
    /// <param name="growthLimitBytes">What it may hold more than before.</param>
    /// <param name="isTimed">True: asserts <see cref="AnswerLimit"/>, too. For a run that has the machine for itself: beside other tests it would measure those.</param>
    public async Task EndAsync(long growthLimitBytes, bool isTimed = false)
    {
        await StopAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(ToString());
        Assert.False(_program.HasExited, _program.Output);
        Assert.True(_failures.Count == 0, string.Join(Environment.NewLine, _failures.Take(5)));
        Assert.True(_highestBytes - _firstBytes <= growthLimitBytes, $"{this}: {growthLimitBytes / 1024 / 1024} MB are allowed");
        Assert.True(!isTimed || Slowest(1) <= AnswerLimit, ToString());
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_firstBytes / 1024 / 1024} MB, at most {(_highestBytes - _firstBytes) / 1024 / 1024} MB more; {_answers.Count} answers, nine of ten within {Slowest(MostAnswers).TotalMilliseconds:0} ms, the slowest {Slowest(1).TotalMilliseconds:0} ms");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _ending.Dispose();
    }

    private async Task StopAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_asking, _measuring);
    }

    /// <summary>How long the answers took, without the slowest beyond this share of all.</summary>
    private TimeSpan Slowest(double share) => _answers.Count == 0 ? TimeSpan.MaxValue : _answers.Order().ElementAt((int)Math.Ceiling((_answers.Count - 1) * share));

    private async Task AskAsync()
    {
        do
        {
            var startedAt = Stopwatch.GetTimestamp();
            try
            {
                await _ask();
                _answers.Add(Stopwatch.GetElapsedTime(startedAt));
            }
            catch (Exception exception)
            {
                _failures.Add(exception.Message);
            }
        }
        while (await WaitAsync());
    }

    private async Task MeasureAsync()
    {
        do
        {
            _highestBytes = Math.Max(_highestBytes, _program.ReadMemoryBytes());
        }
        while (await WaitAsync());
    }

    private async Task<bool> WaitAsync()
    {
        await Task.Delay(Pause, TimeProvider.System, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_ending.IsCancellationRequested;
    }
}
