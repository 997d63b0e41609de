namespace WsusDashboard.Agent.Security.Audit;

/// <summary>Verifies the whole audit once at the start, and writes from time to time what was only counted.</summary>
internal sealed partial class AuditWorker(AgentAudit audit, AuditHealth health, AgentOptions options, TimeProvider timeProvider, ILogger<AuditWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong with the audit, once it was verified.</summary>
    internal void Verify()
    {
        audit.Begin();
        try
        {
            health.Problem = AuditVerification.Run(options.DataDirectory).Problem ?? "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            health.Problem = $"it can't be read: {exception.Message}";
        }

        if (health.Problem.Length > 0)
        {
            Log.Broken(logger, health.Problem);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        Verify();
        try
        {
            while (true)
            {
                await Task.Delay(Pause, timeProvider, stoppingToken);
                audit.Flush();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            audit.Flush();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The agent's audit is broken: {Reason} Run \"audit --verify\" for details.")]
        public static partial void Broken(ILogger logger, string reason);
    }
}

/// <summary>What the last verification of the audit found.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class AuditHealth
{
    private volatile string _problem = "";

    /// <summary>Empty where the chain is whole, or was not verified yet.</summary>
    public string Problem
    {
        get => _problem;
        set => _problem = value;
    }
}
