using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;
using Hangfire.InMemory;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using DashboardContext = WsusDashboard.Dashboard.Data.DashboardContext;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>
/// Hangfire for one dashboard. Its usual registration sets statics of the process (storage, activator, log), which several dashboards in one process would
/// take from each other: so storage, server and schedule are objects of this host, and nothing is read from JobStorage.Current.
/// </summary>
internal static class JobRegistration
{
    public const string Path = "/jobs";

    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddSingleton<Job, RetentionJob>();
        services.AddSingleton<Job, RollupJob>();
        services.AddSingleton<Job, BackupJob>();
        services.AddSingleton<Job, StaleServerJob>();
        services.AddSingleton(provider => new JobExecution(
            [.. provider.GetServices<Job>()],
            provider.GetRequiredService<IDbContextFactory<DashboardContext>>(),
            provider.GetRequiredService<DatabaseOpening>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<JobExecution>>()));
        services.AddSingleton<InMemoryStorage>();
        services.AddHostedService<JobServer>();

        // What the page of jobs asks for.
        services.AddSingleton<IGlobalConfiguration>(_ => GlobalConfiguration.Configuration);
        services.AddSingleton(_ => DashboardRoutes.Routes);
        return services;
    }

    public static void MapJobs(this IEndpointRouteBuilder routes) => routes.MapHangfireDashboard(
        Path,
        new Hangfire.DashboardOptions
        {
            DashboardTitle = "WsusDashboard jobs",
            AppPath = "/",
            IsReadOnlyFunc = _ => true,
            DisplayStorageConnectionString = false,
        },
        routes.ServiceProvider.GetRequiredService<InMemoryStorage>());

    /// <summary>The schedule and the worker; both end with the host.</summary>
    private sealed class JobServer(InMemoryStorage storage, JobExecution execution, IEnumerable<Job> jobs) : IHostedService, IDisposable
    {
        private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

        private BackgroundJobServer? _server;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var activator = new ExecutionActivator(execution);
            var schedule = new RecurringJobManager(storage, JobFilterProviders.Providers, new DefaultTimeZoneResolver());
            foreach (var job in jobs)
            {
                var name = job.Name;
                schedule.AddOrUpdate<JobExecution>(name, target => target.RunAsync(name, CancellationToken.None), job.Schedule, new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc });
            }

            _server = new BackgroundJobServer(
                new BackgroundJobServerOptions
                {
                    WorkerCount = 1,
                    Activator = activator,
                    ServerName = "dashboard",
                    ShutdownTimeout = StopLimit,
                    StopTimeout = StopLimit,
                },
                storage);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            _server?.SendStop();
            return _server?.WaitForShutdownAsync(cancellationToken) ?? Task.CompletedTask;
        }

        public void Dispose() => _server?.Dispose();
    }

    private sealed class ExecutionActivator(JobExecution execution) : JobActivator
    {
        public override object ActivateJob(Type jobType) => execution;
    }
}
