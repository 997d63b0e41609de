using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.States;
using Npgsql;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Backups;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared;
using DashboardOptions = WsusDashboard.Dashboard.Kernel.DashboardOptions;

namespace WsusDashboard.Dashboard.Host;

/// <summary>
/// Hangfire for one dashboard. Its usual registration sets statics of the process (storage, activator, log), which several dashboards in one process would
/// take from each other: so storage, server and schedule are objects of this host, and nothing is read from JobStorage.Current.
/// </summary>
internal static partial class JobRegistration
{
    public const string Path = "/jobs";

    public static IServiceCollection AddJobs(this IServiceCollection services, DashboardOptions options)
    {
        var database = DatabaseProvider.From(options);
        services.AddJob<RetentionJob>();
        services.AddJob<RollupJob>();
        if (!database.IsPostgreSql)
        {
            services.AddJob<BackupJob>();
            services.AddHostedService<FirstBackup>();
        }

        if (options.Jobs.BackupFolder.Length > 0)
        {
            services.AddSingleton<BackupWriter>();
            services.AddJob<OffsiteBackupJob>();
        }

        services.AddSingleton<JobExecution>();
        services.AddSingleton<JobQueue>();
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
        // A queued job begins at once: without it the workers look every 15 seconds.
        var options = new PostgreSqlStorageOptions { PrepareSchemaIfNecessary = false, EnableLongPolling = true };
        return new(new NpgsqlConnectionFactory(database.ConnectionString, options), options);
    }

    /// <summary>The schedule and the workers, once the database is open; both end with the host.</summary>
    private sealed partial class JobServer(JobStorage storage, DatabaseProvider database, DatabaseInitializer opening, OpeningTurn turn, JobExecution execution, FleetStartup fleet, IOwnership ownership, DashboardInstance self, IEnumerable<IJob> jobs, Backoff backoff, TimeProvider timeProvider, ILogger<JobServer> logger) : IHostedService, IDisposable
    {
        /// <summary>Jobs with a subject are short: they ask an agent, and do not wait for the end of what they begin.</summary>
        private const int SubjectWorkers = 8;

        private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

        private readonly CancellationTokenSource _stopping = new();
        private Task _starting = Task.CompletedTask;
        private IReadOnlyList<BackgroundJobServer> _servers = [];

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _starting = StartUntilDoneAsync();
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await _stopping.CancelAsync();
            await _starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var server in _servers)
            {
                server.SendStop();
            }

            await Task.WhenAll(_servers.Select(server => server.WaitForShutdownAsync(cancellationToken)));
        }

        public void Dispose()
        {
            foreach (var server in _servers)
            {
                server.SendStop();
            }

            foreach (var server in _servers)
            {
                server.Dispose();
            }

            _stopping.Dispose();
        }

        /// <summary>A database that goes away in this moment must not leave a dashboard without jobs.</summary>
        private async Task StartUntilDoneAsync()
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await StartWhenOpenAsync();
                    return;
                }
                catch (Exception exception) when (!_stopping.IsCancellationRequested)
                {
                    Log.NotStarted(logger, exception);
                    await Task.Delay(backoff.Next(attempt), timeProvider, _stopping.Token);
                }
            }
        }

        private async Task StartWhenOpenAsync()
        {
            if (database.IsPostgreSql)
            {
                await opening.WhenOpened.WaitAsync(_stopping.Token);
                await using (await turn.EnterAsync(_stopping.Token))
                {
                    await using var connection = new NpgsqlConnection(database.ConnectionString);
                    await connection.OpenAsync(_stopping.Token);
                    PostgreSqlObjectsInstaller.Install(connection);
                }

                // How many dashboards there are is known then.
                await fleet.WhenLoaded.WaitAsync(_stopping.Token);
            }

            // Where others run, they have queued what is due, and the schedule queues it again within a minute.
            var isFirst = ownership.View.Dashboards <= 1;

            var schedule = new RecurringJobManager(storage, JobFilterProviders.Providers, new DefaultTimeZoneResolver());
            foreach (var job in jobs)
            {
                schedule.AddOrUpdate(job.Name, JobQueue.Call(job.Name), job.Schedule, new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc });
                if (job is IQueuedJob && isFirst)
                {
                    schedule.Trigger(job.Name);
                }
            }

            _servers = [Serve("schedule", 1, EnqueuedState.DefaultQueue, isLightweight: false), Serve("subjects", SubjectWorkers, JobQueue.Subjects, isLightweight: true)];
        }

        private BackgroundJobServer Serve(string name, int workers, string queue, bool isLightweight) => new(
            new BackgroundJobServerOptions
            {
                WorkerCount = workers,
                Queues = [queue],
                IsLightweightServer = isLightweight,
                Activator = new ExecutionActivator(execution),
                ServerName = database.IsPostgreSql ? $"{self.Name}-{name}" : name,
                ShutdownTimeout = StopLimit,

                // A long job of the schedule gets a moment to end; one with a subject is ended at once, and queued again at the next start.
                StopTimeout = isLightweight ? TimeSpan.Zero : StopLimit,
            },
            storage);

        private static partial class Log
        {
            [LoggerMessage(1, LogLevel.Warning, "The jobs couldn't be started; trying again")]
            public static partial void NotStarted(ILogger logger, Exception exception);
        }
    }

    private sealed class ExecutionActivator(JobExecution execution) : JobActivator
    {
        public override object ActivateJob(Type jobType) => execution;
    }
}
