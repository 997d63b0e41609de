namespace WsusDashboard.Benchmarks.Fleet;

/// <summary>From the start of the dashboards until every server is watched.</summary>
/// <param name="Name">First start (with the history of every server) or restart.</param>
/// <param name="SecondsToAnswer">Until the dashboard answers HTTP.</param>
/// <param name="SecondsToLinks">Until every link is up.</param>
/// <param name="ProcessorSeconds">Of the dashboards until then.</param>
/// <param name="ResidentMegaBytes">Of the dashboards at that moment.</param>
/// <param name="SlowestHealthMilliseconds">The longest that /health/live took meanwhile, asked four times a second from its first answer on.</param>
/// <param name="FailedHealthChecks">Of these questions those that had no good answer within two seconds.</param>
internal sealed record StartMeasure(string Name, double SecondsToAnswer, double SecondsToLinks, double ProcessorSeconds, double ResidentMegaBytes, double SlowestHealthMilliseconds, double FailedHealthChecks)
{
    public static StartMeasure Median(IReadOnlyList<StartMeasure> all) => new(
        all[0].Name, Of(all, one => one.SecondsToAnswer), Of(all, one => one.SecondsToLinks), Of(all, one => one.ProcessorSeconds), Of(all, one => one.ResidentMegaBytes),
        Of(all, one => one.SlowestHealthMilliseconds), Of(all, one => one.FailedHealthChecks));

    private static double Of(IReadOnlyList<StartMeasure> all, Func<StartMeasure, double> value) => all.Select(value).ToList().Median();
}

/// <summary>One window of time over a running fleet. Sizes are in megabytes of 1,048,576 bytes; processors are shares of one core.</summary>
internal sealed record WindowMeasure
{
    /// <summary>Steady, with trouble, or with syncs.</summary>
    public required string Condition { get; init; }

    public required int Pages { get; init; }

    /// <summary>Of all dashboards.</summary>
    public required double HubProcessor { get; init; }

    public required double ResidentMegaBytes { get; init; }
    public required double PrivateMegaBytes { get; init; }
    public required double ManagedMegaBytes { get; init; }

    /// <summary>Allocated a second.</summary>
    public required double AllocatedMegaBytes { get; init; }

    /// <summary>Between agents and dashboards, both directions, a second.</summary>
    public required double WireKiloBytes { get; init; }

    /// <summary>To open pages, a second.</summary>
    public required double PagesKiloBytes { get; init; }

    public required double ChangesPerSecond { get; init; }

    /// <summary>From a change to its row in an open page.</summary>
    public required Percentiles Row { get; init; }

    /// <summary>From a change to a client of the live stream.</summary>
    public required Percentiles Client { get; init; }

    public required double SwarmProcessor { get; init; }
    public required double SwarmMegaBytes { get; init; }

    /// <summary>Processors of the machine that were busy, all programs together.</summary>
    public required double MachineProcessors { get; init; }

    public static WindowMeasure Median(IReadOnlyList<WindowMeasure> all)
    {
        return all[0] with
        {
            HubProcessor = Of(one => one.HubProcessor),
            ResidentMegaBytes = Of(one => one.ResidentMegaBytes),
            PrivateMegaBytes = Of(one => one.PrivateMegaBytes),
            ManagedMegaBytes = Of(one => one.ManagedMegaBytes),
            AllocatedMegaBytes = Of(one => one.AllocatedMegaBytes),
            WireKiloBytes = Of(one => one.WireKiloBytes),
            PagesKiloBytes = Of(one => one.PagesKiloBytes),
            ChangesPerSecond = Of(one => one.ChangesPerSecond),
            Row = Percentiles.Median([.. all.Select(one => one.Row)]),
            Client = Percentiles.Median([.. all.Select(one => one.Client)]),
            SwarmProcessor = Of(one => one.SwarmProcessor),
            SwarmMegaBytes = Of(one => one.SwarmMegaBytes),
            MachineProcessors = Of(one => one.MachineProcessors),
        };

        double Of(Func<WindowMeasure, double> value) => all.Select(value).ToList().Median();
    }
}
