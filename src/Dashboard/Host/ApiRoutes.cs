using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Features.Account;
using WsusDashboard.Dashboard.Features.Audit;
using WsusDashboard.Dashboard.Features.BatchRepairs;
using WsusDashboard.Dashboard.Features.Clients;
using WsusDashboard.Dashboard.Features.Enrolment;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Problems;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Host;

/// <summary>The routes of REST under /api/v1, feature by feature.</summary>
internal static class ApiRoutes
{
    public static void MapApi(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        var group = app.MapGroup(ApiPaths.Root).RequireRateLimiting(RateLimits.Api).WithStrictInput();
        group.ProducesValidationProblem();
        group.MapServers();
        group.MapTrust();
        group.MapEnrolment();
        group.MapHubKey();
        group.MapProblems();
        group.MapSyncs();
        group.MapHistory();
        group.MapClients();
        group.MapRepairs();
        group.MapBatchRepairs();
        group.MapAudit();
        group.MapPasskeys();
    }
}
