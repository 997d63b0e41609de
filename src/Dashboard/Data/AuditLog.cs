using Microsoft.EntityFrameworkCore;

namespace WsusDashboard.Dashboard.Data;

/// <summary>Who asked for what, and what came of it. What cannot be stored is in the log of the program.</summary>
internal sealed partial class AuditLog(IDbContextFactory<DashboardContext> contexts, StorageHealth health, TimeProvider timeProvider, ILogger<AuditLog> logger)
{
    public async Task WriteAsync(string who, string what, int? serverId, string serverName, string detail, string result)
    {
        Log.Asked(logger, who, what, serverName, detail, result);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
            context.Audit.Add(new()
            {
                At = timeProvider.GetUtcNow().UtcDateTime,
                Who = who,
                What = what,
                ServerId = serverId,
                ServerName = serverName,
                Detail = detail,
                Result = result,
            });
            await context.SaveChangesAsync(CancellationToken.None);
        }
        catch (Exception exception) when (StorageFault.Of(exception) is var problem && problem != StorageProblem.None)
        {
            health.ReportFailure(problem);
            Log.NotStored(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Who} asked for {What} on {ServerName} ({Detail}): {Result}")]
        public static partial void Asked(ILogger logger, string who, string what, string serverName, string detail, string result);

        [LoggerMessage(2, LogLevel.Error, "The audit entry above could not be stored")]
        public static partial void NotStored(ILogger logger, Exception exception);
    }
}
