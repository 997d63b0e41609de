using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>
/// One writer of the audit at a time among the dashboards of a PostgreSQL database: each entry names the one before. The turn is a transaction, and ends with it. A SQLite file has one dashboard, whose
/// <see cref="AuditLog"/> writes one entry after the other; there it is nothing.
/// </summary>
internal sealed class AuditTurn : IAsyncDisposable
{
    /// <summary>Any number that nothing else locks; "WsusAudt" in ASCII.</summary>
    private const long LockKey = 0x5773757341756474;

    private readonly IDbContextTransaction? _transaction;

    private AuditTurn(IDbContextTransaction? transaction) => _transaction = transaction;

    /// <summary>Waits at most five seconds: a dashboard that was frozen in its turn has lost it by then.</summary>
    public static async Task<AuditTurn> EnterAsync(SecurityContext context, CancellationToken cancellationToken)
    {
        if (!context.Database.IsNpgsql())
        {
            return new(null);
        }

        var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        try
        {
            await context.Database.ExecuteSqlAsync($"SET LOCAL lock_timeout = '6s'; SELECT pg_advisory_xact_lock({LockKey})", cancellationToken);
            return new(transaction);
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    public Task CommitAsync(CancellationToken cancellationToken) => _transaction?.CommitAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_transaction is not null)
        {
            await _transaction.DisposeAsync();
        }
    }
}
