using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>What events of Windows mean (wsus.md, 5.1 and 5.2).</summary>
internal static class ServerEventKinds
{
    /// <summary>Events that count as a recycle for memory or a stop of the pool.</summary>
    public static IReadOnlyList<int> Troubles { get; } = [WindowsEvents.PrivateMemoryRecycle, WindowsEvents.VirtualMemoryRecycle, WindowsEvents.PoolDisabled];

    public static ServerEventKind Of(string provider, int eventId) => provider switch
    {
        WindowsEvents.WasProvider => OfWas(eventId),
        WindowsEvents.RestartProvider when eventId == WindowsEvents.RestartAsked => ServerEventKind.ServerRestart,
        WindowsEvents.WsusProvider when WindowsEvents.WebServicesFailing.Contains(eventId) => ServerEventKind.WebServiceFailing,
        _ => ServerEventKind.Other,
    };

    private static ServerEventKind OfWas(int eventId) => eventId switch
    {
        WindowsEvents.PrivateMemoryRecycle or WindowsEvents.VirtualMemoryRecycle => ServerEventKind.MemoryRecycle,
        WindowsEvents.TimeRecycle or WindowsEvents.ScheduleRecycle or WindowsEvents.IdleShutdown => ServerEventKind.PlannedRecycle,
        WindowsEvents.WorkerDied => ServerEventKind.WorkerDied,
        WindowsEvents.PoolDisabled => ServerEventKind.PoolDisabled,
        _ => ServerEventKind.Other,
    };
}
