using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>What Windows, .NET, SQL Server, IIS and TLS wrote about a run in the event logs, for the causes that it speaks for. Numbers and data, never texts: they are in the server's language.</summary>
internal static class EventSigns
{
    private const string Susdb = "SUSDB";

    private const double NearLimitShare = 0.97;

    private static readonly TimeSpan Before = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>A service that ended by itself during the run.</summary>
    public static IEnumerable<WeightedEvidence> ServiceEnded(SyncRunAnalysis reading, string service, string program)
    {
        if (reading.EventsOf(WindowsEvents.ServicesProvider, WindowsEvents.ServiceEnds, TimeSpan.Zero, service) is { Count: > 0 } ended)
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of(ended, $"{service} ended unexpectedly", Weight.Names));
        }

        foreach (var evidence in ProgramEnded(reading, program, Weight.Names))
        {
            yield return evidence;
        }
    }

    /// <summary>A program that crashed during the run: Windows Error Reporting and .NET each write their own event of it.</summary>
    public static IEnumerable<WeightedEvidence> ProgramEnded(SyncRunAnalysis reading, string program, int weight)
    {
        if (reading.EventsOf(WindowsEvents.CrashProvider, [WindowsEvents.ProgramCrashed], TimeSpan.Zero, program) is { Count: > 0 } crashed)
        {
            yield return EvidenceFinder.Of(crashed, $"{program} crashed", weight);
        }
        else if (reading.EventsOf(WindowsEvents.ClrProvider, [WindowsEvents.ProgramEnded], TimeSpan.Zero, program) is { Count: > 0 } ended)
        {
            yield return EvidenceFinder.Of(ended, $"An unhandled exception ended {program}", weight);
        }
    }

    /// <summary>A service that isn't running because its account couldn't log on.</summary>
    public static IEnumerable<WeightedEvidence> LogonRefused(SyncRunAnalysis reading, string service)
    {
        if (reading.EventsOf(WindowsEvents.ServicesProvider, WindowsEvents.ServiceLogonRefusals, Day, service) is { Count: > 0 } refused)
        {
            yield return EvidenceFinder.Of(refused, $"{service} couldn't log on with its account", Weight.Supports);
        }
    }

    /// <summary>SUSDB can't grow: SQL Server said so, or its files have reached what the edition allows.</summary>
    public static IEnumerable<WeightedEvidence> SusdbFull(SyncRunAnalysis reading)
    {
        var full = reading.DatabaseEvents(WindowsEvents.DatabaseFull, Before);
        if (full.Where(IsAboutSusdb).ToList() is { Count: > 0 } ours)
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of(ours, "SQL Server has no space left for SUSDB", Weight.Names));
        }
        else if (full.Count > 0)
        {
            yield return EvidenceFinder.Of(full, "SQL Server has no space left for a database", Weight.Supports);
        }

        if (reading.Wsus?.Database is { LimitKilobytes: > 0 and var limit } database && database.DataKilobytes >= limit * NearLimitShare)
        {
            yield return EvidenceFinder.Of("SUSDB's data files", $"{Wording.Size(database.DataKilobytes)}; {database.Edition} allows {Wording.Size(limit)}", "SQL Server", database.ReadAt, Weight.Strong);
        }
    }

    public static IEnumerable<WeightedEvidence> DatabaseFailing(SyncRunAnalysis reading)
    {
        if (reading.DatabaseEvents(WindowsEvents.DatabaseDamaged, Before) is { Count: > 0 } damaged)
        {
            yield return EvidenceFinder.Of(damaged, "SQL Server couldn't read pages of a database", damaged.Exists(IsAboutSusdb) ? Weight.Names : Weight.Supports);
        }

        if (reading.DatabaseEvents([WindowsEvents.DatabaseNotReady], Before) is { Count: > 0 } notReady)
        {
            yield return EvidenceFinder.Of(notReady, "SQL Server wasn't ready to take connections", Weight.Strong);
        }

        if (reading.DatabaseEvents([WindowsEvents.DatabaseLoginFailed], Before) is { Count: > 0 } refused)
        {
            yield return EvidenceFinder.Of(refused, "SQL Server refused a login", Weight.Supports);
        }
    }

    public static IEnumerable<WeightedEvidence> MemoryShort(SyncRunAnalysis reading)
    {
        if (reading.DatabaseEvents([WindowsEvents.DatabaseOutOfMemory], Before) is { Count: > 0 } events)
        {
            yield return EvidenceFinder.Of(events, "SQL Server ran out of memory", Weight.Strong);
        }
    }

    /// <summary>Windows' own TLS failed during the run. It serves every program of the server, so alone it says little.</summary>
    public static IEnumerable<WeightedEvidence> TlsFailed(SyncRunAnalysis reading)
    {
        if (reading.EventsOf(WindowsEvents.SchannelProvider, WindowsEvents.TlsRefusals, TimeSpan.Zero) is { Count: > 0 } refused)
        {
            yield return EvidenceFinder.Of(refused, "Windows could make no TLS connection: no version or cipher in common", Weight.Supports);
        }
        else if (reading.EventsOf(WindowsEvents.SchannelProvider, [WindowsEvents.TlsAlert], TimeSpan.Zero) is { Count: > 0 } alerts)
        {
            yield return EvidenceFinder.Of(alerts, "The other side ended a TLS connection", Weight.Hint);
        }
    }

    /// <summary>HTTP.sys found no usable certificate for an address, on a server whose WSUS uses TLS.</summary>
    public static IEnumerable<WeightedEvidence> NoCertificate(SyncRunAnalysis reading)
    {
        if (reading.Wsus?.UsesTls == true && reading.EventsOf(WindowsEvents.HttpProvider, [WindowsEvents.NoCertificate], Day) is { Count: > 0 } events)
        {
            yield return EvidenceFinder.Of(events, "HTTP.sys has no usable certificate for an address", Weight.Strong);
        }
    }

    /// <summary>Requests to WSUS's applications ended with an exception, or a worker couldn't load what it needs.</summary>
    public static IEnumerable<WeightedEvidence> WebServiceFailed(SyncRunAnalysis reading)
    {
        if (reading.EventsOf(WindowsEvents.AspNetProvider, [WindowsEvents.RequestFailed], TimeSpan.Zero) is { Count: > 0 } failed)
        {
            yield return EvidenceFinder.Of(failed, "Requests to WSUS's applications ended with an exception", Weight.Supports);
        }

        if (reading.EventsOf(WindowsEvents.WorkerProvider, WindowsEvents.WorkerCantLoad, Before) is { Count: > 0 } notLoaded)
        {
            yield return EvidenceFinder.Of(notLoaded, "A worker process couldn't load a module or read its configuration", Weight.Supports);
        }
    }

    /// <summary>Names of databases are the same in every language.</summary>
    private static bool IsAboutSusdb(WindowsEvent item) => item.Message.Contains(Susdb, StringComparison.OrdinalIgnoreCase);
}
