namespace WsusDashboard.Benchmarks.Footprint;

/// <summary>A program whose cost is measured.</summary>
internal abstract class Subject
{
    /// <summary>First column of the table.</summary>
    public abstract string Name { get; }

    /// <summary>What it watches and who asks it, for the reader of the table.</summary>
    public abstract string Condition { get; }

    /// <summary>Builds or installs it; says on <paramref name="progress"/> what it does to this machine. Null, or why it cannot be measured here.</summary>
    public abstract Task<string?> PrepareAsync(TextWriter progress, CancellationToken cancellationToken);

    /// <summary>Bytes that it takes on a disk, with all that has to be installed for it and without what it writes.</summary>
    public abstract long MeasureDiskBytes();

    /// <summary>How a process of it is started so that it listens on a loopback port and writes below a folder.</summary>
    public abstract LaunchPlan Plan(int port, string folder);

    /// <summary>One request that shows that it works.</summary>
    public abstract Task AskAsync(HttpClient client, Uri address, string folder, CancellationToken cancellationToken);

    /// <summary>What its usual reader does, until it is cancelled: a stream that stays open, or a scrape every 15 seconds.</summary>
    public abstract Task ListenAsync(WireCounter wire, Uri address, string folder, CancellationToken cancellationToken);
}

/// <summary>A command line.</summary>
internal sealed record LaunchPlan(string Program, IReadOnlyList<string> Arguments);
