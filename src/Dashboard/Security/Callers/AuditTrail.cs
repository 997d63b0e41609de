using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Auditing;

namespace WsusDashboard.Dashboard.Security.Callers;

/// <summary>Writes down what the caller of this scope did.</summary>
internal sealed class AuditTrail(AuditLog log, Caller caller)
{
    public Caller Caller => caller;

    public Task WriteAsync(AuditNote note) => log.WriteAsync(Caller.Access.Name, Caller.Identity, note);

    /// <inheritdoc cref="AuditLog.WriteIntentAsync"/>
    public Task<Outcome<long>> WriteIntentAsync(AuditNote note, string key = "") => log.WriteIntentAsync(Caller.Access.Name, Caller.Identity, note, key);
}
