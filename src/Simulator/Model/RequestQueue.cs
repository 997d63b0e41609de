namespace WsusDashboard.Simulator.Model;

/// <summary>The HTTP.sys queue of WsusPool: clients arrive, a warm worker answers fast, a cold one slowly; a full queue answers 503.</summary>
internal sealed class RequestQueue(double arrivalsPerSecond)
{
    // A worker with a full cache; with an empty one it answers a twentieth.
    private const double WarmRequestsPerSecond = 250;
    private const double ColdShare = 0.05;
    private const double WorkerStartSeconds = 1;

    // Clients give up and come again later: behind a full queue nobody waits for all that is before him.
    private const double LongestWaitSeconds = 3;

    public double Waiting { get; private set; }
    public double Rejected { get; private set; }

    public void Restore(double rejected) => Rejected = rejected;

    public bool IsFull(PoolConfiguration configuration) => Waiting >= configuration.QueueLength;

    public void Step(double seconds, PoolConfiguration configuration, bool hasWorker, double warmth)
    {
        var answered = hasWorker ? WarmRequestsPerSecond * Math.Max(ColdShare, warmth) * seconds : 0;
        var waiting = Math.Max(0, Waiting + (arrivalsPerSecond * seconds) - answered);
        Rejected += Math.Max(0, waiting - configuration.QueueLength);
        Waiting = Math.Min(waiting, configuration.QueueLength);
    }

    /// <summary>How long the next client waits for its answer, in seconds of simulated time: for those before it, and for a worker that is starting.</summary>
    public double WaitSeconds(bool hasWorker, double warmth) =>
        Math.Min(LongestWaitSeconds, hasWorker ? (Waiting + 1) / (WarmRequestsPerSecond * Math.Max(ColdShare, warmth)) : WorkerStartSeconds);

    /// <summary>A pool that starts gets a new queue, and a new counter with it.</summary>
    public void Begin() => (Waiting, Rejected) = (0, 0);

    /// <summary>While the pool is stopped nothing waits: HTTP.sys refuses at once, and does not count it as a rejection of the queue.</summary>
    public void Drop() => Waiting = 0;
}
