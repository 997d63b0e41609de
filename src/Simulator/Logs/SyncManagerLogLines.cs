using System.Globalization;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Logs;

/// <summary>The lines that WSUS Synchronization Manager writes, in its words (configmgr.md, section 5b).</summary>
internal sealed class SyncManagerLogLines(ServerProfile profile, ComponentLog log)
{
    public const string ActionSource = "Microsoft.SystemsManagementServer.SoftwareUpdatesManagement.WsusSyncAction.WSyncAction.SyncWSUS";
    public const string ProxySource = "Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer";
    public const string ManagerSource = "CWSyncMgr::DoSync";
    private const int ProcessId = 4_216;
    private const int ThreadId = 5_132;

    public void Started(DateTimeOffset at, bool onRequest)
    {
        log.Add(at, onRequest ? "Wakeup by inbox drop" : "Wakeup for scheduled regular sync");
        if (onRequest)
        {
            log.Add(at, "Found local sync request file");
        }

        log.Add(at, "Starting Sync");
        log.Add(at, onRequest ? "Performing sync on local request" : "Performing sync on regular schedule");
        log.Add(at, $"Read SUPs from SCF for {profile.FullyQualifiedName}");
        log.Add(at, "Found 1 SUPs");
        log.Add(at, $"Found active SUP {profile.FullyQualifiedName} from SCF File.");
        Status(at, 6701, 'I');
    }

    public void WsusPhase(DateTimeOffset at)
    {
        log.Add(at, "Synchronizing WSUS server " + profile.FullyQualifiedName);
        Status(at, 6704, 'I');
        log.Add(at, "sync: Starting WSUS synchronization");
    }

    public void WsusCategories(DateTimeOffset at) => log.Add(at, "sync: WSUS synchronizing categories");

    public void WsusUpdates(DateTimeOffset at, int processed, int total, TimeSpan remaining) =>
        log.Add(at, Progress("sync: WSUS synchronizing updates", processed, total, remaining));

    public void WsusDone(DateTimeOffset at)
    {
        log.Add(at, "sync: WSUS synchronizing updates");
        log.Add(at, "Done synchronizing WSUS Server " + profile.FullyQualifiedName);
        log.Add(at, "  Sleeping 2 more minutes for WSUS server sync results to become available");
    }

    public void ReplicaPhase(DateTimeOffset at)
    {
        Status(at, 6706, 'I');
        log.Add(at, "sync: Starting Replica WSUS synchronization");
    }

    public void ReplicaDone(DateTimeOffset at) => log.Add(at, "Done synchronizing Replica WSUS Servers");

    public void DatabasePhase(DateTimeOffset at)
    {
        Status(at, 6705, 'I');
        log.Add(at, "Synchronizing SMS database with WSUS server " + profile.FullyQualifiedName);
        log.Add(at, "sync: Starting SMS database synchronization");
        log.Add(at, "sync: SMS synchronizing categories");
    }

    public void DatabaseUpdates(DateTimeOffset at, int processed, int total, TimeSpan remaining) =>
        log.Add(at, Progress("sync: SMS synchronizing updates", processed, total, remaining));

    public void Succeeded(DateTimeOffset at, int updated, long version, TimeSpan duration)
    {
        log.Add(at, "Done synchronizing SMS with WSUS Server " + profile.FullyQualifiedName);
        Status(at, 6702, 'I');
        log.Add(at, $"Sync succeeded. Setting sync alert to canceled state on site {profile.SiteCode}");
        log.Add(at, string.Create(CultureInfo.InvariantCulture, $"Updated {updated} items in SMS database, new update source content version is {version}"));
        log.Add(at, Duration(duration));
    }

    public void Failed(DateTimeOffset at, string text, string source, TimeSpan duration)
    {
        log.Add(at, $"Sync failed: {text}. Source: {source}", 3);
        Status(at, 6703, 'E', source, text);
        log.Add(at, $"Sync failed. Will retry in 60 minutes", 3);
        log.Add(at, $"Setting sync alert to active state on site {profile.SiteCode}", 2);
        log.Add(at, Duration(duration));
    }

    private static string Progress(string what, int processed, int total, TimeSpan remaining) => string.Create(
        CultureInfo.InvariantCulture, $"{what}, processed {processed} out of {total} items ({(total == 0 ? 100 : 100L * processed / total)}%), ETA in {remaining:hh\\:mm\\:ss}");

    private static string Duration(TimeSpan duration) => string.Create(
        CultureInfo.InvariantCulture, $"Sync time: {duration.Days}d{duration.Hours:00}h{duration.Minutes:00}m{duration.Seconds:00}s");

    private void Status(DateTimeOffset at, int id, char severity, params string[] strings)
    {
        var insertions = string.Join(' ', Enumerable.Range(0, 10).Select(index => $"ISTR{index}=\"{(index < strings.Length ? strings[index] : "")}\""));
        log.Add(at, string.Create(
            CultureInfo.InvariantCulture,
            $"STATMSG: ID={id} SEV={severity} LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\" SYS={profile.FullyQualifiedName} SITE={profile.SiteCode} PID={ProcessId} TID={ThreadId} GMTDATE={at.UtcDateTime:ddd MMM d HH:mm:ss.fff yyyy} {insertions} NUMATTRS=0"));
    }
}
