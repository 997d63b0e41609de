using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>The rows of problems that a caller may see: a problem of which none of the caller's servers is part is not there, also where its number is known.</summary>
internal static class VisibleProblemRows
{
    /// <summary>A problem goes into another one that may go on into a third; longer chains do not come about.</summary>
    private const int LongestChain = 16;

    /// <summary>Courses on servers that the caller may see; what is only suspected is nobody's business.</summary>
    public static IQueryable<ProblemServerEntity> CoursesFor(this DashboardContext context, Caller caller) => context.ProblemServers.AsNoTracking()
        .Where(course => course.State != ProblemState.Suspected)
        .Within(caller.ScopeOf(Permission.View), context.Servers, course => course.ServerId);

    /// <summary>Null where there is none among these courses. The number of one that went into another leads to that one.</summary>
    public static async Task<ProblemEntity?> FindProblemAsync(this DashboardContext context, IQueryable<ProblemServerEntity> courses, long id, CancellationToken cancellationToken)
    {
        var problem = await context.Problems.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
        for (var step = 0; problem?.MergedInto is { } into && step < LongestChain; step++)
        {
            problem = await context.Problems.AsNoTracking().FirstOrDefaultAsync(row => row.Id == into, cancellationToken);
        }

        return problem is { } found && await courses.AnyAsync(course => course.ProblemId == found.Id, cancellationToken) ? found : null;
    }

    /// <summary>Which page of so many rows.</summary>
    public static async Task<(int Page, int PageSize, int Total)> PlaceAsync<T>(this IQueryable<T> rows, int page, int pageSize, CancellationToken cancellationToken)
    {
        var size = Math.Clamp(pageSize, 1, ProblemQuery.MaximumPageSize);
        var total = await rows.CountAsync(cancellationToken);
        return (Math.Clamp(page, 1, Math.Max(1, (total + size - 1) / size)), size, total);
    }
}
