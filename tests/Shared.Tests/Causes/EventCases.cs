using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Causes;

/// <summary>Runs whose reason stands in an event of the service manager, .NET, SQL Server, HTTP.sys or TLS. Messages are in another language, or absent: numbers and data decide.</summary>
internal static class EventCases
{
    private const string SqlServer = "MSSQL$MICROSOFT##WID";
    private const long Gigabyte = 1024 * 1024;

    public static IReadOnlyList<LabelledCase> All { get; } =
    [
        new("WsusService ended unexpectedly, the service manager restarts it", FindingIds.WsusServiceRestarted,
            story => story.PoolAtDefaults().Cancelled().Event(WindowsEvents.ServiceEndedUnexpectedly, -1, "Der Dienst \"WSUS-Dienst\" wurde unerwartet beendet.", WindowsEvents.ServicesProvider, ServiceNames.WsusService),
            Without: story => story.PoolAtDefaults().Cancelled()),
        new("WsusService.exe crashed", FindingIds.WsusServiceRestarted,
            story => story.Cancelled().Event(WindowsEvents.ProgramCrashed, -1, "", WindowsEvents.CrashProvider, "WsusService.exe"),
            Without: story => story.Cancelled()),
        new("an exception ended WsusService.exe", FindingIds.WsusServiceRestarted,
            story => story.Cancelled().Event(WindowsEvents.ProgramEnded, -1, "", WindowsEvents.ClrProvider, "WsusService.exe")),
        new("SMS_EXECUTIVE ended unexpectedly", FindingIds.SmsExecutiveRestarted,
            story => story.PoolAtDefaults().SiteFailed("").Event(WindowsEvents.ServiceDied, -2, "", WindowsEvents.ServicesProvider, ServiceNames.SmsExecutive),
            Without: story => story.PoolAtDefaults().SiteFailed("")),
        new("another service ended unexpectedly", FindingIds.UnknownCause,
            story => story.Cancelled().Event(WindowsEvents.ServiceEndedUnexpectedly, -1, "", WindowsEvents.ServicesProvider, "Spooler")),
        new("the worker crashed, and only .NET says so", FindingIds.PoolWorkerDies,
            story => story.SiteFailed("The underlying connection was closed: The connection was closed unexpectedly.").Event(WindowsEvents.ProgramEnded, -0.5, "", WindowsEvents.ClrProvider, "w3wp.exe"),
            Without: story => story.SiteFailed("The underlying connection was closed: The connection was closed unexpectedly.")),
        new("the worker suffered a fatal communication error", FindingIds.PoolWorkerDies,
            story => story.SiteFailed("").Event(WindowsEvents.WorkerLost, -0.5),
            Without: story => story.SiteFailed("")),
        new("SQL Server has no room for SUSDB, says an event", FindingIds.DatabaseFull,
            story => story.PoolAtDefaults().Failed().Event(WindowsEvents.DatabaseFileFull, -5, "Für das dbo.tbXml-Objekt in der SUSDB-Datenbank konnte kein Speicherplatz belegt werden.", SqlServer),
            Without: story => story.PoolAtDefaults().Failed()),
        new("SUSDB has reached what its edition allows", FindingIds.DatabaseFull,
            story => story.Failed().Wsus(state => state with { Database = new() { DataKilobytes = 10 * Gigabyte, LimitKilobytes = 10 * Gigabyte, Edition = "Express Edition (64-bit)" } }),
            Without: story => story.Failed().Wsus(state => state with { Database = new() { DataKilobytes = 4 * Gigabyte, LimitKilobytes = 10 * Gigabyte, Edition = "Express Edition (64-bit)" } })),
        new("another database's log is full", FindingIds.UnknownCause,
            story => story.Failed().Event(WindowsEvents.DatabaseLogFull, -5, "Das Transaktionsprotokoll für die CM_BRN-Datenbank ist voll.", SqlServer)),
        new("pages of SUSDB are damaged", FindingIds.DatabaseFailing,
            story => story.Failed("LocalDBOtherError").Event(824, -5, "SUSDB", SqlServer),
            Without: story => story.Failed()),
        new("SQL Server ran out of memory", FindingIds.ServerMemoryShort,
            story => story.Failed().Event(701, -5, "", SqlServer).Host(host => host with { TotalMemoryKilobytes = 8 * Gigabyte, AvailableMemoryKilobytes = 150_000 }),
            Without: story => story.Failed()),
        new("no TLS version in common: the connection is cut, and Schannel says why", FindingIds.Tls12Missing,
            story => story.Failed("WebException: The request was aborted: Could not create SSL/TLS secure channel.").Event(36871, -0.2, "", WindowsEvents.SchannelProvider)),
        new("Schannel's errors beside a proxy that refuses", FindingIds.ProxyRefused,
            story => story.Failed("The remote server returned an error: (407) Proxy Authentication Required.").Event(36871, -0.2, "", WindowsEvents.SchannelProvider)),
        new("HTTP.sys has no certificate for WSUS's address", FindingIds.WsusTlsSetup,
            story => story.Wsus(state => state with { UsesTls = true }).SiteFailed("The underlying connection was closed: An unexpected error occurred on a send.").Event(15021, -60, "", WindowsEvents.HttpProvider)),
    ];
}
