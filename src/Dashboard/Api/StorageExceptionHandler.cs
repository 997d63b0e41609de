using Microsoft.AspNetCore.Diagnostics;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Api;

/// <summary>A request that fails because the database is locked, full, read-only or damaged is no mistake of the dashboard: the banner tells it at once, the API answers 503 and says why, and the page of errors does so too.</summary>
internal sealed class StorageExceptionHandler(StorageHealth health) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = StorageFault.Of(exception);
        if (problem is StorageProblem.None or StorageProblem.Other)
        {
            return false;
        }

        health.ReportFailure(problem);
        if (!ApiPaths.IsApi(httpContext))
        {
            return false;
        }

        await TypedResults.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: "Not possible right now", detail: health.MessageFor(httpContext.User.Identity?.IsAuthenticated == true)).ExecuteAsync(httpContext);
        return true;
    }
}
