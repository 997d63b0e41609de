using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Causes 1 to 8: the pool, its worker, its limits.</summary>
internal static class PoolCauses
{
    /// <summary>A worker this near to its limit is recycled at the next request for more.</summary>
    private const double NearLimitShare = 0.9;

    /// <summary>All that a 32-bit process can address on 64-bit Windows, in KB.</summary>
    private const long AddressableKilobytes = 4L * 1024 * 1024;

    /// <summary>A worker that ends this soon after it asked to be recycled ended because of that.</summary>
    private static readonly TimeSpan RecycleToEnd = TimeSpan.FromMinutes(1);

    private const string AcceptedSetting = "The baseline accepts this setting: take one that sets it, and look whether the next synchronization survives.";

    private static readonly TextSign Unavailable = new(@"\(503\)|status(?: code)?:? 503\b|service unavailable", "The web service of WSUS answered 503", Weight.Supports);

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        new()
        {
            Number = 1, Id = FindingIds.PoolRapidFail, Precedence = 105, Name = "Pool disabled by rapid-fail protection", Source = Sources.RapidFail,
            Meaning = "IIS disabled {pool} because its worker ended again and again. Starting it without removing the reason only makes it fail again.",
            Because = "rapid-fail protection disabled {pool}",
            Helps = "Remove what ends the worker (the causes beside this one), then start the pool.",
            LookNext = "What ended the worker: WAS 5117, 5009 and 5010 in the System log in the hour before.",
            Signs = [new(@"\bAppOffline\s+\S*WsusPool", "HTTP.sys refused requests: the pool was off", Weight.Supports)],
            Look = RapidFail,
            Playbook = reading => reading.PoolRepair,
        },
        new()
        {
            Number = 1, Id = FindingIds.PoolStopped, Precedence = 103, Name = "Pool stopped", Source = Sources.Guide,
            Meaning = "{pool} was stopped, and no event says that IIS did it: every request to WSUS is answered with 503.",
            Because = "{pool} is stopped",
            Helps = "Start the pool. If it stays up, nothing else is needed.",
            LookNext = "Who stopped it: the System log and the audit of this product at that time.",
            Look = Stopped,
            Playbook = reading => reading.PoolRepair,
        },
        new()
        {
            Number = 2, Id = FindingIds.PoolAddressSpace, Precedence = 108, Name = "32-bit worker out of addresses", Source = Sources.BestPractices,
            Meaning = "The worker of {pool} is a 32-bit process and can address 4 GB at most; the cache of this server's catalogue needs more. No memory setting of the pool changes that.",
            Because = "the 32-bit worker of {pool} fills the 4 GB that it can address",
            Helps = "Set \"Enable 32-bit applications\" of {pool} to False.",
            LookNext = "Undo the repair that set it, or change it in IIS Manager. The guide's baseline asks for True; take the Microsoft baseline on this server.",
            AppliesTo = reading => reading.Pool is { Settings: { Enable32BitAppOnWin64: true, PrivateMemoryKilobytes: 0 or >= AddressableKilobytes } },
            Look = AddressSpace,
        },
        new()
        {
            Number = 2, Id = FindingIds.PoolWorkerDies, Precedence = 104, Name = "Worker process ends", Source = Sources.WorkerEnded,
            Meaning = "The worker process of {pool} ended unexpectedly in the middle of the synchronization; the memory limit does not explain it.",
            Because = "the worker process of {pool} ends unexpectedly",
            Helps = "Find the fault of w3wp.exe and remove it; settings that differ from the baseline first.",
            LookNext = "The Application log at that time: the fault of w3wp.exe names the module.",
            AppliesTo = reading => reading.Pool is not { Settings: { Enable32BitAppOnWin64: true, PrivateMemoryKilobytes: 0 or >= AddressableKilobytes } },
            Look = WorkerDies,
            Playbook = reading => reading.Drift.Count > 0 ? reading.PoolRepair : null,
        },
        new()
        {
            Number = 3, Id = FindingIds.PoolMemoryLimit, Precedence = 112, Name = "Pool over memory limit", Source = Sources.BestPractices,
            Meaning = "The worker of {pool} passes {limit}: {recycles}. A recycle in the middle of a synchronization ends it.",
            Because = "{pool} passes {limit}; {recycles}",
            Helps = "Raise the limit or set it to 0, where the server has the memory for it.",
            LookNext = "The worker's memory against the limit while the next synchronization runs.",
            Look = MemoryLimit,
            Playbook = reading => reading.RepairOf(SettingKeys.PrivateMemory),
        },
        new()
        {
            Number = 4, Id = FindingIds.PoolVirtualMemoryLimit, Precedence = 111, Name = "Pool over virtual memory limit", Source = Sources.BestPractices,
            Meaning = "The worker of {pool} was recycled at its virtual memory limit in the middle of the synchronization.",
            Because = "the worker of {pool} was ended at its virtual memory limit in the middle of it",
            Helps = "Set the virtual memory limit to 0.", LookNext = AcceptedSetting,
            Look = reading => Ended(reading, "Worker ended at its virtual memory limit", SettingKeys.VirtualMemory, WindowsEvents.VirtualMemoryRecycle),
            Playbook = reading => reading.RepairOf(SettingKeys.VirtualMemory),
        },
        new()
        {
            Number = 5, Id = FindingIds.PoolRecycledInSync, Precedence = 110, Name = "Worker recycled in mid-sync", Source = Sources.BestPractices,
            Meaning = "The worker of {pool} was ended after its regular time interval, or at a scheduled time, in the middle of the synchronization.",
            Because = "the worker of {pool} was ended on schedule in the middle of it",
            Helps = "Set the regular time interval to 0.", LookNext = AcceptedSetting,
            Look = reading => Ended(reading, "Worker ended on schedule", SettingKeys.RegularRestartInterval, WindowsEvents.ScheduleRecycle, WindowsEvents.TimeRecycle),
            Playbook = reading => reading.RepairOf(SettingKeys.RegularRestartInterval),
        },
        new()
        {
            Number = 6, Id = FindingIds.PoolRequestLimit, Precedence = 109, Name = "Pool's request limit recycles the worker", Source = "Microsoft, event 5075 of Microsoft-Windows-WAS",
            Meaning = "{pool} has a limit on the number of requests, and its worker reached it in the middle of the synchronization.",
            Because = "the worker of {pool} reached its limit of requests in the middle of it",
            Helps = "Set the request limit of the pool to 0 in IIS Manager (Recycling).",
            LookNext = "The pool's recycling conditions in IIS Manager: this product does not set the request limit.",
            Look = reading => Ended(reading, "Worker ended at its limit of requests", null, 5075),
        },
        new()
        {
            Number = 7, Id = FindingIds.PoolQueueFull, Precedence = 100, Name = "Pool queue full", Source = Sources.BestPractices,
            Meaning = "The queue of {pool} is too short for the requests that come: IIS answers what does not fit with 503, also to the site that asks for the synchronization.",
            Because = "the queue of {pool} is full and requests are refused with 503",
            Helps = "Lengthen the queue; where it is long already, find out which clients ask so often.",
            LookNext = "HTTPERR for QueueFull, and the number of refused requests during the next scan.",
            Signs = [Unavailable, new(@"\bQueueFull\s+\S*WsusPool", "HTTP.sys refused requests: the queue was full")],
            AppliesTo = reading => !reading.IsPoolYoungerThanRun,
            Look = QueueFull,
            Playbook = reading => reading.RepairOf(SettingKeys.QueueLength),
        },
        new()
        {
            Number = 8, Id = FindingIds.PoolIdleOrPing, Precedence = 107, Name = "Idle time-out or ping ended the worker", Source = Sources.BestPractices,
            Meaning = "The worker of {pool} was ended for idleness, or because it was too busy to answer a ping, in the middle of the synchronization.",
            Because = "the worker of {pool} was ended for idleness or for a missed ping in the middle of it",
            Helps = "Set the idle time-out to 0 and pinging to False.", LookNext = AcceptedSetting,
            Look = IdleOrPing,
            Playbook = reading => reading.RepairOf(SettingKeys.IdleTimeout) ?? reading.RepairOf(SettingKeys.PingingEnabled),
        },
    ];

    private static IEnumerable<WeightedEvidence> RapidFail(SyncRunAnalysis reading)
    {
        if (reading.StoppedAt is not { } stop || reading.PoolEvents(WindowsEvents.PoolDisabled) is not { Count: > 0 } disabled || disabled[0].At < stop.AddHours(-1))
        {
            yield break;
        }

        yield return EvidenceFinder.Of(disabled, $"{reading.PoolName} disabled", Weight.Names);
        if (reading.PoolEvents(WindowsEvents.WorkerDied) is { Count: > 0 } crashes)
        {
            yield return EvidenceFinder.Of(crashes, "Worker ended unexpectedly", Weight.Supports);
        }
    }

    private static IEnumerable<WeightedEvidence> Stopped(SyncRunAnalysis reading)
    {
        if (reading.StoppedAt is not { } stop || reading.PoolEvents(WindowsEvents.PoolDisabled).Count > 0)
        {
            yield break;
        }

        // A synchronization of WSUS itself runs in WsusService and outlives the pool (configmgr.md, 6a).
        yield return EvidenceFinder.Pool(reading, $"{reading.PoolName} stopped since", Wording.Time(stop), reading.Run.Source is SyncSource.ConfigMgr ? Weight.Names : Weight.Strong);
    }

    private static IEnumerable<WeightedEvidence> AddressSpace(SyncRunAnalysis reading)
    {
        if (UnexplainedCrashes(reading) is { Count: > 0 } crashes)
        {
            yield return EvidenceFinder.Of(crashes, "Worker ended unexpectedly", Weight.Strong + Weight.Supports);
            yield return EvidenceFinder.Setting(reading, SettingKeys.Enable32BitAppOnWin64, Weight.Hint);
        }

        if (Largest(reading) is >= (long)(AddressableKilobytes * NearLimitShare) and var worker && !reading.IsPoolYoungerThanRun)
        {
            yield return EvidenceFinder.Pool(reading, "Private memory of the worker", Wording.Size(worker), Weight.Supports);
        }
    }

    private static IEnumerable<WeightedEvidence> WorkerDies(SyncRunAnalysis reading)
    {
        if (UnexplainedCrashes(reading) is { Count: > 0 } crashes)
        {
            yield return EvidenceFinder.Of(crashes, "Worker ended unexpectedly", Weight.Names);
        }
    }

    private static IEnumerable<WeightedEvidence> MemoryLimit(SyncRunAnalysis reading)
    {
        var during = reading.PoolEvents(WindowsEvents.PrivateMemoryRecycle);
        var day = reading.PoolEventsOfTheDay(WindowsEvents.PrivateMemoryRecycle);
        var limit = reading.Pool?.Settings.PrivateMemoryKilobytes ?? 0;
        if (during.Count > 0)
        {
            yield return EvidenceFinder.Of(during, "Worker recycled at its private memory limit", Weight.Names);
        }

        if (day.Count > during.Count)
        {
            yield return EvidenceFinder.Of([.. day.Except(during)], "Recycled at the limit in the day before", Weight.Supports);
        }

        if (limit == 0)
        {
            yield break;
        }

        yield return EvidenceFinder.Setting(reading, SettingKeys.PrivateMemory, Weight.Hint);
        if (reading.IsPoolYoungerThanRun || reading.Pool!.Workers.MaxBy(worker => worker.PrivateKilobytes ?? 0) is not { PrivateKilobytes: { } kilobytes } largest)
        {
            yield break;
        }

        var isNear = kilobytes >= limit * NearLimitShare;
        yield return EvidenceFinder.Pool(reading, "Private memory of the worker", Wording.Size(kilobytes), isNear ? Weight.Supports : during.Count > 0 ? Weight.Hint : Weight.SpeaksAgainst);
        if (isNear && largest.StartedAt is { } startedAt && reading.IsDuringRun(startedAt))
        {
            yield return EvidenceFinder.Pool(reading, "The worker was replaced in the middle of the run", Wording.Time(startedAt), Weight.Supports);
        }
    }

    private static IEnumerable<WeightedEvidence> QueueFull(SyncRunAnalysis reading)
    {
        if (reading.Pool is not { } pool || !IsTold503(reading))
        {
            yield break;
        }

        var isNear = pool.QueuedRequests >= pool.Settings.QueueLength * NearLimitShare;
        if (pool.QueuedRequests is { } queued)
        {
            yield return EvidenceFinder.Pool(reading, "Requests in the queue", $"{Wording.Number(queued)} of {Wording.Number(pool.Settings.QueueLength)}", isNear ? Weight.Strong : Weight.SpeaksAgainst);
        }

        if (pool.RejectedRequests is > 0 and var rejected)
        {
            yield return EvidenceFinder.Pool(reading, "Requests refused since the pool's counter began", Wording.Number(rejected), Weight.Supports + Weight.Hint);
        }
    }

    private static IEnumerable<WeightedEvidence> IdleOrPing(SyncRunAnalysis reading) =>
        Ended(reading, "Worker shut down for idleness", SettingKeys.IdleTimeout, WindowsEvents.IdleShutdown)
            .Concat(Ended(reading, "Worker did not answer a ping", SettingKeys.PingingEnabled, 5010));

    private static IEnumerable<WeightedEvidence> Ended(SyncRunAnalysis reading, string what, string? setting, params int[] eventIds)
    {
        if (eventIds.SelectMany(reading.PoolEvents).OrderByDescending(item => item.At).ToList() is not { Count: > 0 } events)
        {
            yield break;
        }

        yield return EvidenceFinder.Of(events, what, Weight.Names);
        if (setting is not null && reading.Pool is not null)
        {
            yield return EvidenceFinder.Setting(reading, setting, Weight.Hint);
        }
    }

    internal static bool IsTold503(SyncRunAnalysis reading) => reading.Run.ErrorCode == 503 || reading.LoggedStatements.Any(Unavailable.IsIn) || reading.LoggedStatements.Any(saying => saying.Text.Contains("QueueFull", StringComparison.OrdinalIgnoreCase));

    private static List<WindowsEvent> UnexplainedCrashes(SyncRunAnalysis reading)
    {
        var recycles = reading.PoolEventsOfTheDay(WindowsEvents.PrivateMemoryRecycle);

        return [.. reading.PoolEvents(WindowsEvents.WorkerDied).Where(crash => !recycles.Any(recycle => (crash.At - recycle.At).Duration() <= RecycleToEnd))];
    }

    private static long Largest(SyncRunAnalysis reading) => reading.Pool is { Workers.Count: > 0 } pool ? pool.Workers.Max(worker => worker.PrivateKilobytes ?? 0) : 0;
}
