using WsusDashboard.Agent.Snapshots;

namespace WsusDashboard.Agent.Events;

/// <summary>Registers the section "events".</summary>
internal static class EventRegistration
{
    public static void AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<DisplayNames>();
        services.AddSingleton<ICollector, EventsCollector>();
    }
}
