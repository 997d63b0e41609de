using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;

namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>One way to attack a program on this computer. It ends by itself, and what the other side answers is counted, not thrown.</summary>
/// <param name="Name">For figures.</param>
/// <param name="Go">Attacks until the run is over.</param>
internal sealed record Attack(string Name, Func<AttackRun, Task> Go)
{
    /// <summary>How long an attack may take to let go after its time.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    /// <summary>Attacks for that long.</summary>
    /// <param name="duration">Its time.</param>
    /// <param name="seed">The same seed draws the same.</param>
    /// <param name="cancellationToken">Ends it before its time.</param>
    /// <exception cref="TimeoutException">It did not let go: the attacker itself is broken.</exception>
    public async Task<AttackCounts> RunAsync(TimeSpan duration, int seed, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(duration);
        var counts = new AttackCounts();
        using var run = new AttackRun(seed, counts, over.Token);
        await Go(run).WaitAsync(duration + Grace, TimeProvider.System, CancellationToken.None);
        return counts;
    }
}

/// <summary>How often what came of an attack. Safe for use from several threads.</summary>
internal sealed class AttackCounts
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>What the other side did as it was asked.</summary>
    public const string Taken = "taken";

    public long All => _counts.Values.Sum();

    public long this[string outcome] => _counts.GetValueOrDefault(outcome);

    public void Count(string outcome, long times = 1) => _counts.AddOrUpdate(outcome, times, (_, count) => count + times);

    public void Add(AttackCounts other)
    {
        foreach (var (outcome, times) in other._counts)
        {
            Count(outcome, times);
        }
    }

    public override string ToString() =>
        string.Join(", ", _counts.OrderByDescending(count => count.Value).Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key} {count.Value}")));
}

/// <summary>An attack that goes on: what it draws from, what it counts, and when it is over.</summary>
internal sealed class AttackRun(int seed, AttackCounts counts, CancellationToken over) : IDisposable
{
    private readonly ConcurrentQueue<IDisposable> _held = new();

    /// <summary>For one caller; several take a <see cref="Part"/> each.</summary>
    public Random Random { get; } = new(seed);

    public CancellationToken Over => over;

    public bool IsOver => over.IsCancellationRequested;

    public AttackRun Part(int number) => new(unchecked((seed * 397) + number), counts, over);

    public void Count(string outcome) => counts.Count(outcome);

    /// <summary>Keeps something until the attack has ended, and no longer: a connection that outlives it would take a place from the next attack.</summary>
    public T Hold<T>(T held)
        where T : IDisposable
    {
        _held.Enqueue(held);
        return held;
    }

    public void Dispose()
    {
        foreach (var held in _held)
        {
            held.Dispose();
        }
    }

    /// <summary>Does something once.</summary>
    /// <returns>True where the other side did as it was asked.</returns>
    public async Task<bool> TryAsync(Func<Task> attempt)
    {
        try
        {
            await attempt();
            counts.Count(AttackCounts.Taken);
            return true;
        }
        catch (Exception exception) when (Answer(exception) is { } answer)
        {
            counts.Count(answer);
            return false;
        }
    }

    /// <summary>Does something again and again, so many at a time, until the attack is over.</summary>
    public Task RepeatAsync(int callers, Func<AttackRun, Task> attempt) => Task.WhenAll(Enumerable.Range(0, callers).Select(async number =>
    {
        var part = Part(number);
        while (!IsOver)
        {
            if (!await part.TryAsync(() => attempt(part)))
            {
                // Whoever is refused without a network in between would else keep a core busy with refusals alone.
                await Task.Yield();
            }
        }
    }));

    /// <summary>Waits for the end, to hold what was opened.</summary>
    public Task HoldAsync() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, over).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>What the other side, or the network, answered; null for a fault of the attacker.</summary>
    private static string? Answer(Exception exception) => exception switch
    {
        RpcException rpc => rpc.StatusCode.ToString(),
        HttpRequestException { StatusCode: { } status } => status.ToString(),
        AuthenticationException => "no handshake",
        HttpRequestException or IOException or SocketException => "cut",
        OperationCanceledException or ObjectDisposedException => "over",
        _ => null,
    };
}
