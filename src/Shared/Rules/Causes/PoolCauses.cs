using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Playbooks;
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

    private const string AcceptedSetting = "This baseline accepts the setting. Choose one that changes it, and see whether the next sync survives.";

    private static readonly TextSign Unavailable = new(FailureSign.Http503, "The WSUS web service answered 503", Weight.Supports, SignPlace.OwnWsus);

    private static readonly TextSign ServerError = new(FailureSign.Http500, "The WSUS web service failed", place: SignPlace.OwnWsus);

    /// <summary>HTTP.sys's own word for a pool that is off.</summary>
    private static readonly TextSign PoolOff = new(text => RefusedFor(text, "AppOffline"), "HTTP.sys refused requests: the pool was off", Weight.Supports, SignPlace.WebServer);

    private static readonly TextSign QueueOverflow = new([Phrase.Word("QueueFull")], "HTTP.sys refused requests: the queue was full", place: SignPlace.WebServer);

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        new()
        {
            Number = 1, Id = FindingIds.PoolRapidFail, Precedence = 105, Name = "Pool disabled by rapid-fail protection", Source = Sources.RapidFail,
            Meaning = "IIS disabled {pool} because its worker kept failing. Starting it without fixing the cause only makes it fail again.",
            Because = "rapid-fail protection disabled {pool}",
            Helps = "Fix what ends the worker (see the other causes), then start the pool.",
            LookNext = "Find out what ended the worker: WAS 5117, 5009 and 5010 in the System log in the hour before.",
            Signs = [PoolOff],
            Look = RapidFail,
            Playbook = reading => reading.PoolRepair,
        },
        new()
        {
            Number = 1, Id = FindingIds.PoolStopped, Precedence = 103, Name = "Pool stopped", Source = Sources.Guide,
            Meaning = "{pool} is stopped, and no event says that IIS did it. Every request to WSUS gets a 503.",
            Because = "{pool} is stopped",
            Helps = "Start the pool. If it stays up, nothing else is needed.",
            LookNext = "Find out who stopped it: check the System log and WsusDashboard's audit around that time.",
            Look = Stopped,
            Playbook = reading => reading.PoolRepair,
        },
        new()
        {
            Number = 2, Id = FindingIds.PoolAddressSpace, Precedence = 108, Name = "32-bit worker out of address space", Source = Sources.BestPractices,
            Meaning = "{pool}'s worker is a 32-bit process and can address at most 4 GB, but the cache of this server's catalogue needs more. No memory setting of the pool changes that.",
            Because = "{pool}'s 32-bit worker fills the 4 GB it can address",
            Helps = "Set \"Enable 32-bit applications\" to False for {pool}.",
            LookNext = "Undo the repair that set it, or change it in IIS Manager. The guide's baseline asks for True, so use the Microsoft baseline on this server.",
            AppliesTo = reading => reading.Pool is { Settings: { Enable32BitAppOnWin64: true, PrivateMemoryKilobytes: 0 or >= AddressableKilobytes } },
            Look = AddressSpace,
        },
        new()
        {
            Number = 2, Id = FindingIds.PoolWorkerDies, Precedence = 104, Name = "Worker process ends unexpectedly", Source = Sources.WorkerEnded,
            Meaning = "{pool}'s worker process ended unexpectedly during the sync, and the memory limit doesn't explain it.",
            Because = "{pool}'s worker process ends unexpectedly",
            Helps = "Fix settings that differ from the baseline first, then find out why w3wp.exe crashes.",
            LookNext = "Check the Application log around that time: the w3wp.exe error names the module.",
            AppliesTo = reading => reading.Pool is not { Settings: { Enable32BitAppOnWin64: true, PrivateMemoryKilobytes: 0 or >= AddressableKilobytes } },
            Look = WorkerDies,
            Playbook = reading => reading.Drift.Count > 0 ? reading.PoolRepair : null,
        },
        new()
        {
            Number = 3, Id = FindingIds.PoolMemoryLimit, Precedence = 112, Name = "Pool over memory limit", Source = Sources.BestPractices,
            Meaning = "{pool}'s worker exceeds {limit}: {recycles}. A recycle during a sync ends the sync.",
            Because = "{pool} exceeds {limit}; {recycles}",
            Helps = "Raise the limit, or set it to 0 if the server has enough memory.",
            LookNext = "Watch the worker's memory against the limit during the next sync.",
            Look = MemoryLimit,
            Playbook = reading => reading.RepairOf(SettingKeys.PrivateMemory),
        },
        new()
        {
            Number = 4, Id = FindingIds.PoolVirtualMemoryLimit, Precedence = 111, Name = "Pool over virtual memory limit", Source = Sources.BestPractices,
            Meaning = "{pool}'s worker was recycled at its virtual memory limit during the sync.",
            Because = "{pool}'s worker was recycled at its virtual memory limit during the sync",
            Helps = "Set the virtual memory limit to 0.", LookNext = AcceptedSetting,
            Look = reading => Ended(reading, "Worker recycled at its virtual memory limit", SettingKeys.VirtualMemory, WindowsEvents.VirtualMemoryRecycle),
            Playbook = reading => reading.RepairOf(SettingKeys.VirtualMemory),
        },
        new()
        {
            Number = 5, Id = FindingIds.PoolRecycledInSync, Precedence = 110, Name = "Worker recycled during the sync", Source = Sources.BestPractices,
            Meaning = "{pool}'s worker was recycled during the sync, after its regular time interval or at a scheduled time.",
            Because = "{pool}'s worker was recycled on schedule during the sync",
            Helps = "Set the regular time interval to 0.", LookNext = AcceptedSetting,
            Look = reading => Ended(reading, "Worker recycled on schedule", SettingKeys.RegularRestartInterval, WindowsEvents.ScheduleRecycle, WindowsEvents.TimeRecycle),
            Playbook = reading => reading.RepairOf(SettingKeys.RegularRestartInterval),
        },
        new()
        {
            Number = 6, Id = FindingIds.PoolRequestLimit, Precedence = 109, Name = "Worker recycled at its request limit", Source = "Microsoft, event 5075 of Microsoft-Windows-WAS",
            Meaning = "{pool} has a limit on the number of requests, and its worker reached it during the sync.",
            Because = "{pool}'s worker reached its request limit during the sync",
            Helps = "Set the pool's request limit to 0 in IIS Manager (Recycling).",
            LookNext = "Check the pool's recycling conditions in IIS Manager. WsusDashboard doesn't set the request limit.",
            Look = reading => Ended(reading, "Worker recycled at its request limit", null, 5075),
        },
        new()
        {
            Number = 7, Id = FindingIds.PoolQueueFull, Precedence = 100, Name = "Pool queue full", Source = Sources.BestPractices,
            Meaning = "{pool}'s queue is too short for the requests coming in. IIS answers any that don't fit with 503, including the site's request for a sync.",
            Because = "{pool}'s queue is full and requests are refused with 503",
            Helps = "Lengthen the queue. If it's already long, find out which clients send so many requests.",
            LookNext = "Check HTTPERR for QueueFull, and the number of refused requests during the next scan.",
            Signs = [Unavailable, new(text => RefusedFor(text, "QueueFull"), "HTTP.sys refused requests: the queue was full", place: SignPlace.WebServer)],
            AppliesTo = reading => !reading.IsPoolYoungerThanRun,
            Look = QueueFull,
            Playbook = reading => reading.RepairOf(SettingKeys.QueueLength),
        },
        new()
        {
            Number = 8, Id = FindingIds.PoolIdleOrPing, Precedence = 107, Name = "Idle time-out or ping ended the worker", Source = Sources.BestPractices,
            Meaning = "{pool}'s worker was shut down during the sync because it was idle, or too busy to answer a ping.",
            Because = "{pool}'s worker was shut down for idleness or a missed ping during the sync",
            Helps = "Set the idle time-out to 0 and pinging to False.", LookNext = AcceptedSetting,
            Look = IdleOrPing,
            Playbook = reading => reading.RepairOf(SettingKeys.IdleTimeout) ?? reading.RepairOf(SettingKeys.PingingEnabled),
        },
        new()
        {
            Number = 19, Id = FindingIds.PoolCompressionLibrary, Precedence = 137, Name = "32-bit pool can't load a library", Source = Sources.CompressionLibrary,
            Meaning = "{pool} runs 32-bit workers, and IIS makes them load a compression library built for 64-bit workers. They can't, so WSUS answers every request with 500.19.",
            Because = "{pool}'s 32-bit workers can't load IIS's 64-bit compression library",
            Helps = "Set \"Enable 32-bit applications\" to False for {pool}.",
            LookNext = "Check the Application log around that time: it names the module DLL that couldn't be loaded. Check the scheme in system.webServer/httpCompression too.",

            // A pool through which WSUS answers has shown that it can load everything.
            AppliesTo = reading => !reading.IsPoolYoungerThanRun && !reading.Bounds.IsWsusAnswering && reading.Pool is { State: PoolState.Started, Settings.Enable32BitAppOnWin64: true },
            Look = CompressionLibrary,
            Playbook = reading => reading.File.Snapshot?.Iis.Status is SectionStatus.Unreadable ? null : PlaybookCatalog.PoolOnlyId,
        },
    ];

    private static IEnumerable<WeightedEvidence> RapidFail(SyncRunAnalysis reading)
    {
        if (reading.StoppedAt is not { } stop || reading.PoolEvents(WindowsEvents.PoolDisabled) is not { Count: > 0 } disabled || disabled[0].At < stop.AddHours(-1))
        {
            yield break;
        }

        yield return EvidenceFinder.Decides(EvidenceFinder.Of(disabled, $"{reading.PoolName} disabled", Weight.Names));
        if (reading.PoolEvents(WindowsEvents.WorkerDied) is { Count: > 0 } crashes)
        {
            yield return EvidenceFinder.Of(crashes, "Worker ended unexpectedly", Weight.Supports);
        }
    }

    private static IEnumerable<WeightedEvidence> Stopped(SyncRunAnalysis reading)
    {
        if (reading.PoolEvents(WindowsEvents.PoolDisabled).Count > 0)
        {
            yield break;
        }

        if (reading.StoppedAt is { } stop)
        {
            // A synchronization of WSUS itself runs in WsusService and outlives the pool (configmgr.md, 6a).
            var isTold = IsTold503(reading);
            var weight = isTold || reading.Run.Source is SyncSource.ConfigMgr ? Weight.Names : Weight.Strong;
            var stopped = EvidenceFinder.Pool(reading, $"{reading.PoolName} stopped since", Wording.Time(stop), weight);
            yield return isTold ? EvidenceFinder.Decides(stopped) : stopped;
        }
        else if (reading.IsPoolStateAtEndUnknown && IsTold503(reading))
        {
            // HTTP.sys answers 503 for a pool that is off and for one whose queue is full: alone it doesn't tell which.
            yield return EvidenceFinder.Of(reading.LoggedStatements.FirstOrDefault(Unavailable.IsIn) ?? reading.LoggedStatements[0], "WSUS answered 503, and its pool's state isn't known", Weight.Supports + Weight.Hint);
        }
        else
        {
            yield break;
        }

        if (reading.LoggedStatements.FirstOrDefault(PoolOff.IsIn) is { } refused)
        {
            yield return EvidenceFinder.Of(refused, PoolOff.What, Weight.Supports);
        }
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

        // A crash names no pool: most servers of WSUS have only this one, and one that recycles itself is another cause.
        if (reading.PoolEvents(WindowsEvents.PrivateMemoryRecycle).Count == 0)
        {
            foreach (var evidence in EventSigns.ProgramEnded(reading, "w3wp.exe", Weight.Strong))
            {
                yield return evidence;
            }
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
            yield return EvidenceFinder.Pool(reading, "The worker was replaced during the sync", Wording.Time(startedAt), Weight.Supports);
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
            yield return EvidenceFinder.Pool(reading, "Requests refused since the pool's counter started", Wording.Number(rejected), Weight.Supports + Weight.Hint);
        }
    }

    private static IEnumerable<WeightedEvidence> IdleOrPing(SyncRunAnalysis reading) =>
        Ended(reading, "Worker shut down because it was idle", SettingKeys.IdleTimeout, WindowsEvents.IdleShutdown)
            .Concat(Ended(reading, "Worker didn't answer a ping", SettingKeys.PingingEnabled, WindowsEvents.WorkerSilent));

    private static IEnumerable<WeightedEvidence> CompressionLibrary(SyncRunAnalysis reading)
    {
        if (reading.Run.ErrorCode != 500 && !reading.LoggedStatements.Any(ServerError.IsIn))
        {
            yield break;
        }

        if (reading.Bounds.CompressionSchemes.FirstOrDefault(scheme => scheme.Breaks32BitWorkers) is { } scheme)
        {
            yield return EvidenceFinder.Pool(reading, $"Compression scheme {scheme.Name}", scheme.Describe(), Weight.Names);
            yield return EvidenceFinder.Setting(reading, SettingKeys.Enable32BitAppOnWin64, Weight.Hint);
        }
    }

    private static IEnumerable<WeightedEvidence> Ended(SyncRunAnalysis reading, string what, string? setting, params int[] eventIds)
    {
        if (eventIds.SelectMany(reading.PoolEventsInRun).OrderByDescending(item => item.At).ToList() is not { Count: > 0 } events)
        {
            yield break;
        }

        yield return EvidenceFinder.Of(events, what, Weight.Names);
        if (setting is not null && reading.Pool is not null)
        {
            yield return EvidenceFinder.Setting(reading, setting, Weight.Hint);
        }
    }

    internal static bool IsTold503(SyncRunAnalysis reading) =>
        reading.Run.ErrorCode == 503 || reading.LoggedStatements.Any(statement => Unavailable.IsIn(statement) || QueueOverflow.IsIn(statement) || PoolOff.IsIn(statement));

    private static List<WindowsEvent> UnexplainedCrashes(SyncRunAnalysis reading)
    {
        var recycles = reading.PoolEventsOfTheDay(WindowsEvents.PrivateMemoryRecycle);

        return [.. reading.PoolEvents(WindowsEvents.WorkerDied).Concat(reading.PoolEvents(WindowsEvents.WorkerLost)).OrderByDescending(crash => crash.At).Where(crash => !recycles.Any(recycle => (crash.At - recycle.At).Duration() <= RecycleToEnd))];
    }

    /// <summary>"503 3 AppOffline WsusPool": how HTTPERR ends.</summary>
    private static bool RefusedFor(string text, string reason)
    {
        for (var scanner = new TextScanner(text); scanner.FindWord(reason);)
        {
            if (scanner.TakeSpace() && scanner.TakeToken(out var pool) && pool.Contains("WsusPool", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static long Largest(SyncRunAnalysis reading) => reading.Pool is { Workers.Count: > 0 } pool ? pool.Workers.Max(worker => worker.PrivateKilobytes ?? 0) : 0;
}
