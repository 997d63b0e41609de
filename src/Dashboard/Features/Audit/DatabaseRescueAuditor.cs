using System.Globalization;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;

namespace WsusDashboard.Dashboard.Features.Audit;

/// <summary>Writes down that a damaged database was replaced, and up to which entry the audit of before had come: those after the backup's are in the file that was set aside.</summary>
internal sealed class DatabaseRescueAuditor(DatabaseRescue rescue, DatabaseInitializer database, AuditLog log, DashboardOptions options) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            if (rescue.Report is not { IsAudited: false, IsDone: true } report)
            {
                return;
            }

            await log.WriteAsync(Access.Dashboard.Name, CallerIdentity.Dashboard, new()
            {
                What = "database.rescue",
                Detail = report.WasMissing ? $"{options.DatabasePath} was missing" : $"{options.DatabasePath} was damaged and set aside as {report.SetAside}",
                Before = AuditHead.ReadSequence(report.AuditHead) is { } sequence ? string.Create(CultureInfo.InvariantCulture, $"an audit up to entry {sequence}") : "an audit whose end isn't known",
                After = report.Backup is null ? "an empty database" : $"backup {report.Backup}",
                Outcome = "done",
            });
            rescue.NoteAudited();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start writes it.
        }
    }
}
