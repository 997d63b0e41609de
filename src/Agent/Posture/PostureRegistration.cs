using WsusDashboard.Agent.Snapshots;

namespace WsusDashboard.Agent.Posture;

/// <summary>Registers the section "posture".</summary>
internal static class PostureRegistration
{
    public static void AddPosture(this IServiceCollection services)
    {
        services.AddSingleton<WindowsPartReader>();
        services.AddSingleton<SitePartReader>();
        services.AddSingleton<FirewallReader>();
        services.AddSingleton<RoleReader>();
        services.AddSingleton<SignStore>();
        services.AddSingleton<SignsReader>();
        services.AddSingleton<ContentHistory>();
        services.AddSingleton<UupReader>();
        services.AddSingleton<PostureTableFile>();
        services.AddSingleton<ICollector, PostureCollector>();
    }
}
