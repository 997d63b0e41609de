using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Web;
using DashboardContext = WsusDashboard.Dashboard.Data.DashboardContext;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>
/// Hangfire for one dashboard. Its usual registration sets statics of the process (storage, activator, log), which several dashboards in one process would
/// take from each other: so storage, server and schedule are objects of this host, and nothing is read from JobStorage.Current.
/// </summary>
internal static class JobRegistration
{
    public const string Path = "/jobs";

    public static IServiceCollection AddJobs(this IServiceCollection services, DashboardOptions options)
    {
        var database = DatabaseProvider.From(options);
        services.AddSingleton<Job, RetentionJob>();
        services.AddSingleton<Job, RollupJob>();
        if (!database.IsPostgreSql)
        {
            services.AddSingleton<Job, BackupJob>();
        }

        services.AddSingleton<Job, StaleServerJob>();
        services.AddSingleton(provider => new JobExecution(
            [.. provider.GetServices<Job>()],
            provider.GetRequiredService<IDbContextFactory<DashboardContext>>(),
            provider.GetRequiredService<DatabaseOpening>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<JobExecution>>()));
        services.AddSingleton<JobStorage>(_ => database.IsPostgreSql ? OnPostgreSql(database) : new InMemoryStorage());
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

            // Its own rule knows addresses only; the endpoint's permission stands before it.
            Authorization = [],
            DisplayStorageConnectionString = false,
        },
        routes.ServiceProvider.GetRequiredService<JobStorage>()).Needs(Permission.ManageDashboard);

    /// <summary>Its tables are made when the database is open: a dashboard starts without its database too.</summary>
    private static PostgreSqlStorage OnPostgreSql(DatabaseProvider database)
    {
        var options = new PostgreSqlStorageOptions { PrepareSchemaIfNecessary = false };
        return new(new NpgsqlConnectionFactory(database.ConnectionString, options), options);
    }

    /// <summary>The schedule and the worker, once the database is open; both end with the host.</summary>
    private sealed class JobServer(JobStorage storage, DatabaseProvider database, DatabaseOpening opening, JobExecution execution, IEnumerable<Job> jobs) : IHostedService, IDisposable
    {
        private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

        private readonly CancellationTokenSource _stopping = new();
        private Task _starting = Task.CompletedTask;
        private BackgroundJobServer? _server;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _starting = StartWhenOpenAsync();
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await _stopping.CancelAsync();
            await _starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _server?.SendStop();
            await (_server?.WaitForShutdownAsync(cancellationToken) ?? Task.CompletedTask);
        }

        public void Dispose()
        {
            _server?.Dispose();
            _stopping.Dispose();
        }

        private async Task StartWhenOpenAsync()
        {
            if (database.IsPostgreSql)
            {
                await opening.WhenOpened.WaitAsync(_stopping.Token);
                await using var connection = new NpgsqlConnection(database.ConnectionString);
                await connection.OpenAsync(_stopping.Token);
                PostgreSqlObjectsInstaller.Install(connection);
            }

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
        }
    }

    private sealed class ExecutionActivator(JobExecution execution) : JobActivator
    {
        public override object ActivateJob(Type jobType) => execution;
    }
}
