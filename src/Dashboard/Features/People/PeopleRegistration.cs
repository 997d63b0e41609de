namespace WsusDashboard.Dashboard.Features.People;

/// <summary>People and what they may do.</summary>
internal static class PeopleRegistration
{
    public static IServiceCollection AddPeople(this IServiceCollection services) => services.AddScoped<PeopleService>();
}
