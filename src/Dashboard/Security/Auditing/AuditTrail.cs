namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>Writes down what the caller of this scope did.</summary>
public sealed class AuditTrail
{
    private readonly AuditLog _log;

    internal AuditTrail(AuditLog log, Caller caller) => (_log, Caller) = (log, caller);

    public Caller Caller { get; }

    public Task WriteAsync(AuditNote note) => _log.WriteAsync(Caller, note);
}
