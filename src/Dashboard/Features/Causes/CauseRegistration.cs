namespace WsusDashboard.Dashboard.Features.Causes;

/// <summary>Why a sync failed.</summary>
internal static class CauseRegistration
{
    public static IServiceCollection AddCauses(this IServiceCollection services) => services.AddScoped<SyncRunExplanationService>();
}
