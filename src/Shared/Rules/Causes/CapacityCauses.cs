using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Causes 9 to 12, 38 and 39: memory, clients, database, catalogue, disk.</summary>
internal static class CapacityCauses
{
    /// <summary>What the cache of 17,000 updates may need while it builds (KB 4490414), in KB.</summary>
    private const long CacheBuildKilobytes = 24L * 1024 * 1024;

    private const long ScarceMemoryKilobytes = 512 * 1024;
    private const long FullDiskKilobytes = 100 * 1024;
    private const long LowDiskKilobytes = 2L * 1024 * 1024;

    /// <summary>Microsoft's target for updates that are not declined is below 7,000.</summary>
    private const long LiveUpdatesTarget = 7_000;

    private const long WideCatalogue = 30_000;
    private const int ManyCategories = 150;
    private const long ManyComputers = 5_000;
    private const long AdequateQueue = 2_000;
    private const string DatabaseCare = "Microsoft, WSUS high CPU usage; damgoodadmin.com, software update maintenance";

    private static readonly PhraseSet Busy = new("timed out", "TooBusy", "Timeout expired", "deadlock");

    private static readonly TextSign TimedOut = new(FailureSign.TimedOut, "A request timed out", Weight.Supports);

    /// <summary>SQL Server answered too late, or ended one of two transactions: a busy database, which can be opened.</summary>
    private static readonly TextSign SlowDatabase = new([Phrase.InOrder("SqlException", "timeout expired", "time-out expired"), "deadlock", "LocalDBTooBusy"], "A SUSDB query took too long or ended in a deadlock", Weight.Strong + Weight.Hint)
    {
        Signs = FailureSign.Database | FailureSign.TimedOut,
        NeedsAll = true,
    };

    private static readonly TextSign DatabaseError = new(FailureSign.Database, "SQL Server answered with an error", Weight.Suggests);

    private static readonly TextSign FullDatabase = new(FailureSign.Database | FailureSign.DiskFull, "SQL Server has no space left") { NeedsAll = true };

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        new()
        {
            Number = 9, Id = FindingIds.ServerMemoryShort, Precedence = 113, Name = "Not enough memory", Source = Sources.BestPractices,
            Meaning = "The server has too little memory for WSUS's cache, which needs about 24 GB while it builds for 17,000 updates and about 14 GB afterwards.",
            Because = "the server runs out of memory",
            Helps = "Give the server more memory, or make the catalogue smaller: decline superseded updates and unselect products.",
            LookNext = "Watch the memory of w3wp.exe and sqlservr.exe during the next sync.",
            Signs = [new(FailureSign.OutOfMemory, "Out of memory", Weight.Strong)],
            Look = Memory,
        },
        new()
        {
            Number = 10, Id = FindingIds.ScanStorm, Precedence = 101, Name = "Scan storm", Source = "Microsoft, WSUS high CPU usage",
            Meaning = "More clients scan at once than the server can answer. Even a long queue overflows, and the site's own requests are refused with the rest.",
            Because = "more clients scan at once than WSUS can answer",
            Helps = "Limit the WSUS site in IIS to 50 to 100 connections until the clients have caught up, or give ClientWebService its own pool.",
            LookNext = "Find out which clients send so many requests: check the WSUS site's IIS log, and whether clients were moved to this server.",
            Signs = [new(["80244022"], "Clients are told that WSUS isn't available", Weight.Supports)],
            AppliesTo = reading => !reading.IsPoolYoungerThanRun && reading.Pool?.Settings.QueueLength >= AdequateQueue,
            Look = Storm,
        },
        new()
        {
            Number = 11, Id = FindingIds.DatabaseUnmaintained, Precedence = 118, Name = "SUSDB needs maintenance", Source = DatabaseCare,
            Meaning = "SUSDB holds more updates than it should and answers slowly, so syncs and cleanups time out.",
            Because = "SUSDB needs maintenance and answers too slowly",
            Helps = "Decline superseded updates, reindex SUSDB and update its statistics, then remove obsolete updates. Repeat once a month.",
            LookNext = "Check how many superseded updates aren't declined (more than 1,500 is too many), and how busy SQL Server is.",
            Signs =
            [
                TimedOut,
                SlowDatabase,
                new(["spDeleteUpdate", Phrase.InOrder("DeleteUpdate", "time")], "The cleanup took too long", Weight.Supports),
                new(FailureSign.TimedOut, "The cleanup took too long", Weight.Supports, SignPlace.Maintenance),
            ],
            Look = LiveUpdates,
        },
        new()
        {
            Number = 12, Id = FindingIds.CatalogueTooWide, Precedence = 119, Name = "Too many products selected", Source = Sources.BestPractices,
            Meaning = "Far more products and classifications are selected than a server can keep up with. Drivers alone are more than 30,000 packages.",
            Because = "the catalogue is too large to sync in time",
            Helps = "Unselect Drivers and products you don't have, then decline the updates that came with them.",
            LookNext = "Check the selected products and classifications in the options of WSUS or the software update point.",
            Signs = [new(FailureSign.TimedOut, "A request timed out", Weight.Hint), new([Phrase.Word("Driver Set"), Phrase.Word("Driver Sets"), Phrase.Word("Drivers")], "Drivers are being synced", Weight.Supports)],
            Look = Catalogue,
        },
        new()
        {
            Number = 38, Id = FindingIds.DiskFull, Precedence = 125, Name = "Disk full", Source = "Microsoft, WSUS event 10042",
            Meaning = "The volume with the WSUS content has no space left.",
            Because = "the WSUS content disk is full",
            Helps = "Free up space or move the content (wsusutil movecontent), then start a sync.",
            LookNext = "Check what fills the volume: WsusContent, or something that doesn't belong there.",
            ErrorCodes = [0x80070070],
            Signs = [new(FailureSign.DiskFull, "The disk has no space left")],
            AppliesTo = reading => !reading.LoggedStatements.Any(FullDatabase.IsIn),
            Look = Disk,
        },
        new()
        {
            Number = 38, Id = FindingIds.DatabaseFull, Precedence = 124, Name = "SUSDB is full", Source = "Microsoft, SQL Server messages 1105 and 9002",
            Meaning = "SUSDB or its transaction log can't grow: its disk is full, or the database has reached the SQL Server edition's size limit.",
            Because = "SUSDB is full",
            Helps = "Free up space on the database disk, back up the transaction log, or raise the file's size limit. Then start a sync.",
            LookNext = "Check the size and growth of SUSDB's files, and the free space on their volumes.",
            Signs = [FullDatabase],
            Look = EventSigns.SusdbFull,
        },
        new()
        {
            Number = 38, Id = FindingIds.DatabaseFailing, Precedence = 120, Name = "WSUS database failing", Source = Sources.ConnectionFailures,
            Meaning = "WSUS can't use its database SUSDB, or the database is too busy.",
            Because = "WSUS can't use its database",
            Helps = "Start or resume the SQL service or the Windows Internal Database, and check WSUS's login.",
            LookNext = "Check that the SQL service or the Windows Internal Database is running, its disk isn't full, and SUSDB is maintained (reindexed, superseded updates declined).",
            Signs =
            [
                new(["LocalDBConnectFail", "has been paused", "network-related or instance-specific", "Cannot open database", "login failed for user"], "WSUS can't open its database"),
                new(["LocalDBOtherError"], "A database error", Weight.Suggests),
            ],
            Look = DatabaseEvent,
        },
        new()
        {
            Number = 39, Id = FindingIds.Antivirus, Precedence = 60, Name = "WSUS files in use by another process", Source = Sources.BestPractices,
            Meaning = "Another process has files open that WSUS needs. A virus scanner without exclusions does that.",
            Because = "another process is using files that WSUS needs",
            Helps = "Exclude the content folder, UpdateServicesPackages and the WSUS database files from virus scanning.",
            LookNext = "Find out which process has the file open (Resource Monitor, handles), and check the virus scanner's exclusions.",
            Signs = [new([Used(@"\WSUS"), Used(@"\UpdateServicesPackages"), Used(@"\SUSDB"), "80070020"], "A WSUS file is in use by another process", Weight.Strong)],
        },
    ];

    private static IEnumerable<WeightedEvidence> Memory(SyncRunAnalysis reading)
    {
        foreach (var evidence in EventSigns.MemoryShort(reading))
        {
            yield return evidence;
        }

        if (reading.Host is not { TotalMemoryKilobytes: > 0 and var total, AvailableMemoryKilobytes: > 0 } host)
        {
            yield break;
        }

        var readAt = reading.File.Snapshot!.Host.ReadAt;
        var isScarce = host.AvailableMemoryKilobytes < ScarceMemoryKilobytes;
        yield return EvidenceFinder.Of("Free memory", $"{Wording.Size(host.AvailableMemoryKilobytes)} of {Wording.Size(total)}", "Agent", readAt, isScarce ? Weight.Supports : Weight.SpeaksAgainst);
        if (isScarce && total < CacheBuildKilobytes)
        {
            yield return EvidenceFinder.Of("Server memory", $"{Wording.Size(total)}; the cache may need 24 GB while it builds", "Agent", readAt, Weight.Hint);
        }
    }

    private static IEnumerable<WeightedEvidence> Storm(SyncRunAnalysis reading)
    {
        if (!PoolCauses.IsTold503(reading))
        {
            yield break;
        }

        var pool = reading.Pool!;
        if (pool.QueuedRequests >= pool.Settings.QueueLength * 0.9 || reading.LoggedStatements.Any(statement => statement.Text.Contains("QueueFull", StringComparison.OrdinalIgnoreCase)))
        {
            yield return EvidenceFinder.Pool(reading, "A long enough queue is full", $"{Wording.Number(pool.QueuedRequests ?? 0)} of {Wording.Number(pool.Settings.QueueLength)}", Weight.Strong);
        }

        if (reading.Wsus?.Counts?.Computers is >= ManyComputers and var computers)
        {
            yield return EvidenceFinder.Of("Computers using this server", Wording.Number(computers), "WSUS", reading.Wsus.CountsReadAt, Weight.Supports);
        }
    }

    private static IEnumerable<WeightedEvidence> LiveUpdates(SyncRunAnalysis reading)
    {
        if (reading.Wsus?.Counts is not { } counts || !reading.LoggedStatements.Any(saying => Busy.IsIn(saying.Text)))
        {
            yield break;
        }

        var live = counts.Updates - counts.Declined;
        yield return EvidenceFinder.Of("Updates not declined", $"{Wording.Number(live)}, target below {Wording.Number(LiveUpdatesTarget)}", "WSUS", reading.Wsus.CountsReadAt, live > LiveUpdatesTarget ? Weight.Supports : Weight.SpeaksAgainst);
    }

    private static IEnumerable<WeightedEvidence> Catalogue(SyncRunAnalysis reading)
    {
        foreach (var line in reading.LinesDuringRun(LogNames.SyncManager))
        {
            if (ItemsToProcess(line.Text) >= WideCatalogue)
            {
                yield return EvidenceFinder.Of(line, "Items in one sync", Weight.Strong);
                break;
            }
        }

        if (reading.Wsus?.Counts?.Updates is >= 50_000 and var updates)
        {
            yield return EvidenceFinder.Of("Updates in WSUS", Wording.Number(updates), "WSUS", reading.Wsus.CountsReadAt, Weight.Hint + Weight.Hint);
        }

        if (reading.Wsus?.SubscribedCategories is >= ManyCategories and var categories)
        {
            yield return EvidenceFinder.Of("Selected products and classifications", Wording.Number(categories), "WSUS", reading.File.Snapshot!.Wsus.ReadAt, Weight.Hint + Weight.Hint);
        }
    }

    private static IEnumerable<WeightedEvidence> Disk(SyncRunAnalysis reading)
    {
        if (reading.WsusEvents([10042], TimeSpan.FromDays(1)) is { Count: > 0 } full)
        {
            yield return EvidenceFinder.Of(full, "WSUS reports very low disk space", Weight.Strong);
        }
        else if (reading.WsusEvents([10041], TimeSpan.FromDays(1)) is { Count: > 0 } low)
        {
            yield return EvidenceFinder.Of(low, "WSUS reports low disk space", Weight.Supports);
        }

        if (reading.Host?.ContentVolumeFreeKilobytes is { } free)
        {
            var weight = free < FullDiskKilobytes ? Weight.Strong : free < LowDiskKilobytes ? Weight.Supports : Weight.SpeaksAgainst;
            yield return EvidenceFinder.Of("Free space on the content volume", Wording.Size(free), "Agent", reading.File.Snapshot!.Host.ReadAt, weight);
        }
    }

    private static IEnumerable<WeightedEvidence> DatabaseEvent(SyncRunAnalysis reading)
    {
        if (reading.LoggedStatements.FirstOrDefault(statement => DatabaseError.IsIn(statement) && !SlowDatabase.IsIn(statement)) is { } error)
        {
            yield return EvidenceFinder.Of(error, DatabaseError.What, DatabaseError.Weight);
        }

        if (reading.WsusEvents([11002], TimeSpan.FromMinutes(30)) is { Count: > 0 } events)
        {
            yield return EvidenceFinder.Of(events, "WSUS reports that it can't reach its database", Weight.Strong);
        }

        foreach (var evidence in EventSigns.DatabaseFailing(reading))
        {
            yield return evidence;
        }
    }

    private static Phrase Used(string folder) => new(folder) { EndsWord = true, Then = ["used by another process"] };

    /// <summary>"sync: SMS synchronizing updates, processed 20 out of 3100 items (0%)"; null where the line isn't of that form.</summary>
    private static long? ItemsToProcess(string text)
    {
        for (var scanner = new TextScanner(text); scanner.Find("processed ");)
        {
            if (scanner.TakeNumber(out _) && scanner.Take(" out of ") && scanner.TakeNumber(out var total) && scanner.Take(" items"))
            {
                return total;
            }
        }

        return null;
    }
}
