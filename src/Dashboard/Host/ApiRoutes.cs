using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Account;
using WsusDashboard.Dashboard.Features.Alerts;
using WsusDashboard.Dashboard.Features.Audit;
using WsusDashboard.Dashboard.Features.Baselines;
using WsusDashboard.Dashboard.Features.BatchRepairs;
using WsusDashboard.Dashboard.Features.Clients;
using WsusDashboard.Dashboard.Features.Dashboards;
using WsusDashboard.Dashboard.Features.Disputes;
using WsusDashboard.Dashboard.Features.Enrolment;
using WsusDashboard.Dashboard.Features.EvidencePacks;
using WsusDashboard.Dashboard.Features.Explain;
using WsusDashboard.Dashboard.Features.FirstDay;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Logs;
using WsusDashboard.Dashboard.Features.People;
using WsusDashboard.Dashboard.Features.Posture;
using WsusDashboard.Dashboard.Features.Problems;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Reports;
using WsusDashboard.Dashboard.Features.SavedViews;
using WsusDashboard.Dashboard.Features.ServerDescriptions;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Features.ServiceControl;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Features.Tags;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Host;

/// <summary>The routes of REST under /api/v1, feature by feature.</summary>
internal static class ApiRoutes
{
    public static void MapApi(this WebApplication app)
    {
        // It tells no secret, but what may be tried: for those who may look, and for everyone where the options say so.
        var description = app.MapOpenApi("/openapi/{documentName}.json").RequireRateLimiting(RateLimits.Api);
        if (app.Services.GetRequiredService<DashboardOptions>().Api.OpenDescription)
        {
            description.AllowAnonymous();
        }
        else
        {
            description.Needs(Permission.View);
        }

        var group = app.MapGroup(ApiPaths.Root).RequireRateLimiting(RateLimits.Api).WithStrictInput();
        group.ProducesValidationProblem();
        group.MapServers();
        group.MapServerDescriptions();
        group.MapTags();
        group.MapSavedViews();
        group.MapServiceControl();
        group.MapLogs();
        group.MapBaselines();
        group.MapTrust();
        group.MapEnrolment();
        group.MapAgentPackage();
        group.MapHubKey();
        group.MapProblems();
        group.MapPosture();
        group.MapExplain();
        group.MapSyncs();
        group.MapDisputes();
        group.MapHistory();
        group.MapClients();
        group.MapRepairs();
        group.MapBatchRepairs();
        group.MapReports();
        group.MapEvidence();
        group.MapPeople();
        group.MapAlerts();
        group.MapAudit();
        group.MapCluster();
        group.MapPasskeys();
    }
}
