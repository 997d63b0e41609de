namespace WsusDashboard.Agent.Samples;

/// <summary>Registers the measures of each minute.</summary>
internal static class SampleRegistration
{
    public static void AddSamples(this IServiceCollection services)
    {
        services.AddSingleton<SampleStore>();
        services.AddHostedService<Sampler>();
    }
}
