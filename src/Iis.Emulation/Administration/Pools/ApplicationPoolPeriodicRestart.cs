namespace Microsoft.Web.Administration;

/// <summary>The limits at which a worker process is replaced; zero = no limit.</summary>
public sealed class ApplicationPoolPeriodicRestart : ConfigurationElement
{
    internal ApplicationPoolPeriodicRestart(ElementLocation location)
        : base(location)
    {
    }

    /// <summary>Virtual memory in KB.</summary>
    public long Memory { get => (long)this["memory"]!; set => this["memory"] = value; }

    /// <summary>Private memory in KB.</summary>
    public long PrivateMemory { get => (long)this["privateMemory"]!; set => this["privateMemory"] = value; }

    public long Requests { get => (long)this["requests"]!; set => this["requests"] = value; }

    /// <summary>Whole minutes, at most 300 days.</summary>
    public TimeSpan Time { get => (TimeSpan)this["time"]!; set => this["time"] = value; }

    public ScheduleCollection Schedule => new(new ConfigurationElement(ChildLocation("schedule")));
}
