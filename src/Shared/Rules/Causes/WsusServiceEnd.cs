using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Did WsusService end by itself when it started (event 507), or was it stopped?</summary>
internal static class WsusServiceEnd
{
    public const string Helps = "Starting WsusService again won't help: it ends when it starts (event 507). Run \"wsusutil.exe postinstall\" on the server; WSUS needs that after some updates of Windows. Then start the service.";

    private static readonly TimeSpan Memory = TimeSpan.FromDays(2);

    /// <summary>True where the newest word of WsusService about its start is that it failed.</summary>
    /// <param name="events">In any order.</param>
    /// <param name="now">UTC; later events don't count.</param>
    public static bool IsAtStart(IEnumerable<WindowsEvent> events, DateTimeOffset now) =>
        events.Where(item => item.Provider == WindowsEvents.WsusProvider && item.EventId is WindowsEvents.WsusServiceStarted or WindowsEvents.WsusServiceFailed && item.At <= now.AddMinutes(2) && item.At >= now - Memory).MaxBy(item => item.At)?.EventId == WindowsEvents.WsusServiceFailed;
}
