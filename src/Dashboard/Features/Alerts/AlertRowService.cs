using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>What changes channels, routes and windows alike: for admins of the whole fleet, of two at once the second is told, and all of it is audited.</summary>
/// <typeparam name="TRow">The rows.</typeparam>
internal abstract class AlertRowService<TRow>(IDbContextFactory<DashboardContext> contexts, AuditTrail audit)
    where TRow : class
{
    /// <summary>"channel", "route" or "window".</summary>
    protected abstract string Noun { get; }

    protected IDbContextFactory<DashboardContext> Contexts => contexts;

    protected AuditTrail Audit => audit;

    protected Failure? Refusal() => audit.Caller.Refusal(Permission.ManageDashboard);

    /// <summary>Failures: Forbidden, NotFound, Conflict (somebody was first).</summary>
    /// <param name="id">Its id.</param>
    /// <param name="revision">As it was seen; null = whatever it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Outcome<Done>> RemoveAsync(int id, string? revision, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Set<TRow>().FindAsync([id], cancellationToken) is not { } row)
        {
            return Missing(id);
        }

        if (Check(row, revision) is { } conflict)
        {
            return conflict;
        }

        var before = Describe(row);
        context.Remove(row);
        return await SaveAsync(context, "remove", NameOf(row), before, "", cancellationToken) is { } failure ? failure : Done.Instance;
    }

    protected abstract string NameOf(TRow row);

    protected abstract long RevisionOf(TRow row);

    /// <summary>For the audit; without secrets.</summary>
    protected abstract string Describe(TRow row);

    protected NotFound Missing(int id) => new(FormattableString.Invariant($"There is no {Noun} {id}."));

    protected Conflict? Check(TRow row, string? revision) => revision is null || revision == Text(RevisionOf(row)) ? null : First();

    /// <summary>Null where it is stored; then it's audited, too.</summary>
    protected async Task<Failure?> SaveAsync(DashboardContext context, string verb, string name, string before, string after, CancellationToken cancellationToken)
    {
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return First();
        }
        catch (DbUpdateException exception) when (StorageFault.Of(exception) == StorageProblem.None)
        {
            return new Conflict($"There is a {Noun} with this name already. Nothing was changed.");
        }

        await audit.WriteAsync(new AuditNote { What = $"alert.{Noun}.{verb}", Detail = name, Before = before, After = after, Outcome = "done" });
        return null;
    }

    protected static string Text(long revision) => revision.ToString("x", System.Globalization.CultureInfo.InvariantCulture);

    protected static long NextRevision() => ProblemTriage.NextRevision();

    private Conflict First() => new($"Somebody changed this {Noun} meanwhile. Nothing was changed. Look at it again.");
}
