using WsusDashboard.Dashboard.Features.Account;
using WsusDashboard.Dashboard.Features.Alerts;
using WsusDashboard.Dashboard.Features.Audit;
using WsusDashboard.Dashboard.Features.BatchRepairs;
using WsusDashboard.Dashboard.Features.Causes;
using WsusDashboard.Dashboard.Features.Clients;
using WsusDashboard.Dashboard.Features.Dashboards;
using WsusDashboard.Dashboard.Features.Disputes;
using WsusDashboard.Dashboard.Features.Enrolment;
using WsusDashboard.Dashboard.Features.EvidencePacks;
using WsusDashboard.Dashboard.Features.FirstDay;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Logs;
using WsusDashboard.Dashboard.Features.Metrics;
using WsusDashboard.Dashboard.Features.People;
using WsusDashboard.Dashboard.Features.Posture;
using WsusDashboard.Dashboard.Features.Problems;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Reports;
using WsusDashboard.Dashboard.Features.SavedViews;
using WsusDashboard.Dashboard.Features.ServerDescriptions;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Features.ServiceControl;
using WsusDashboard.Dashboard.Features.SignIn;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Features.Tags;

namespace WsusDashboard.Dashboard.Host;

/// <summary>The features; each registers its own services.</summary>
internal static class FeatureRegistration
{
    public static IServiceCollection AddFeatures(this IServiceCollection services) => services
        .AddServers()
        .AddPairing()
        .AddServerDescriptions()
        .AddTags()
        .AddSavedViews()
        .AddEnrolment()
        .AddFirstDay()
        .AddLogs()
        .AddServiceControl()
        .AddProblems()
        .AddPosture()
        .AddSyncs()
        .AddCauses()
        .AddDisputes()
        .AddHistory()
        .AddClients()
        .AddRepairs()
        .AddBatchRepairs()
        .AddReports()
        .AddEvidence()
        .AddFleetMetrics()
        .AddPeople()
        .AddAccount()
        .AddSignIn()
        .AddAlertPages()
        .AddAudit()
        .AddDashboards();
}
