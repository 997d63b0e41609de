using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Baselines;

/// <summary>What a worker of WSUS may need for its cache, what the server can give it, and the limit that follows. All sizes in KB.</summary>
/// <remarks>
/// Microsoft's figure (KB 4490414): the cache of 17,000 updates takes up to 24 GB while it builds, and about 14 GB afterwards. What the rest of a server
/// needs is an estimate of this product: 4 GB for Windows and the database, 4 GB more for a Configuration Manager site.
/// </remarks>
public sealed record WorkerMemoryLimit
{
    public const string Source = "Microsoft, WSUS best practices (KB 4490414); what the rest of the server needs is WsusDashboard's estimate";

    private const long Gigabyte = 1024 * 1024;
    private const long MeasuredUpdates = 17_000;
    private const long KilobytesAnUpdate = 24 * Gigabyte / MeasuredUpdates;

    /// <summary>All that a 32-bit process can address on 64-bit Windows.</summary>
    private const long AddressableKilobytes = 4 * Gigabyte;

    private const long ForWindows = 4 * Gigabyte;
    private const long ForConfigMgr = 4 * Gigabyte;

    /// <summary>Limits are whole steps of 256 MB: a number that a person can remember.</summary>
    private const long Step = Gigabyte / 4;

    /// <summary>A peer may send any number; no catalogue has more updates than this.</summary>
    private const long MostUpdates = 100_000_000;

    private WorkerMemoryLimit()
    {
    }

    /// <summary>What the cache may take while it builds.</summary>
    public long NeededKilobytes { get; private init; }

    /// <summary>What the server has for the worker.</summary>
    public long AvailableKilobytes { get; private init; }

    /// <summary>The limit that leaves the rest of the server its share: what is available, in whole steps.</summary>
    public long LimitKilobytes => Math.Max(Step, AvailableKilobytes / Step * Step);

    /// <summary>True where the catalogue does not fit: without a limit the worker takes what the rest of the server needs.</summary>
    public bool IsNeeded => NeededKilobytes > AvailableKilobytes;

    /// <summary>How the limit comes about, for a person.</summary>
    public required string Arithmetic { get; init; }

    /// <summary>Null where the memory of the server is not known.</summary>
    /// <param name="bounds">The server.</param>
    /// <param name="is32Bit">True for a 32-bit worker, which cannot take more than 4 GB.</param>
    public static WorkerMemoryLimit? For(ServerBounds bounds, bool is32Bit)
    {
        if (bounds.TotalMemoryKilobytes <= 0)
        {
            return null;
        }

        var total = bounds.TotalMemoryKilobytes;
        var rest = ForWindows + (bounds.HasConfigMgr ? ForConfigMgr : 0);

        // A small server gives half of what it has: a limit of next to nothing would end every synchronization.
        var available = Math.Max(total - rest, total / 2);
        var updates = Math.Min(bounds.LiveUpdates ?? MeasuredUpdates, MostUpdates);
        var needed = Math.Min(updates * KilobytesAnUpdate, is32Bit ? AddressableKilobytes : long.MaxValue);
        var catalogue = bounds.LiveUpdates is null ? $"{Wording.Number(updates)} updates (assumed, because this server's number isn't known)" : Wording.Count(updates, "update");
        var others = bounds.HasConfigMgr ? "Windows, the database and Configuration Manager" : "Windows and the database";

        return new WorkerMemoryLimit
        {
            NeededKilobytes = needed,
            AvailableKilobytes = available,
            Arithmetic = $"The cache for {catalogue} may take {Wording.Size(needed)} while it builds. This server has {Wording.Size(total)}; {others} need about {Wording.Size(total - available)} of it, which leaves {Wording.Size(available)}.",
        };
    }
}
