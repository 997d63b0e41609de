using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Reports;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Reports;

/// <summary>
/// Makes the reports that are due: of the fleet, and of each site where there are several. What is made is a row, so a run that was cut off goes on with the next one, and none is made twice.
/// </summary>
internal sealed partial class ReportJob(IServiceProvider services, ReportStore store, LiveFleet live, IEnumerable<IReportReceiver> receivers, DashboardOptions options, TimeProvider timeProvider, ILogger<ReportJob> logger) : IJob
{
    public string Name => "reports";

    /// <summary>Hourly: the hour of the options is one of a time zone's clock, which is set twice a year.</summary>
    public string Schedule => "10 * * * *";

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        await live.WhenLoaded.WaitAsync(cancellationToken);
        var zone = TimeZones.Find(options.Reports.TimeZone) ?? TimeZoneInfo.Utc;
        var sites = live.GetAll().Select(server => server.Site).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (sites.Count == 0)
        {
            return "";
        }

        var made = 0;
        foreach (var (kind, range) in ReportSchedule.Due(options.Reports, zone, timeProvider.GetUtcNow()))
        {
            var known = await store.ReadMadeAsync(kind, range.First, range.Last, cancellationToken);
            foreach (var site in (sites.Count > 1 ? sites.Prepend(null) : [null]).Except(known))
            {
                await MakeAsync(new(kind, site, range), cancellationToken);
                made++;
            }
        }

        return made == 0 ? "" : $"Made {Wording.Count(made, "report")}.";
    }

    private async Task MakeAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        await using var own = services.CreateOwnScope();
        var content = await own.ServiceProvider.GetRequiredService<ReportReader>().ReadAsync(scope, cancellationToken);
        var row = await store.AddAsync(content, "", cancellationToken);
        var report = await ReportStore.FinishAsync(row, content);
        foreach (var receiver in receivers)
        {
            try
            {
                await receiver.TakeAsync(report, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Log.NotTaken(logger, row.Id, receiver.GetType().Name, exception);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Report {ReportId} is kept, but {Receiver} couldn't take it")]
        public static partial void NotTaken(ILogger logger, long reportId, string receiver, Exception exception);
    }
}
