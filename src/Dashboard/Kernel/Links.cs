using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;

namespace WsusDashboard.Dashboard.Kernel;

/// <summary>Every address of a page, in one place.</summary>
public static class Links
{
    public const string Fleet = "/";
    public const string Baselines = "/baselines";
    public const string AddServer = "/servers/add";
    public const string Enrolment = "/servers/enrolment";
    public const string Wall = "/wall";
    public const string WallSignIn = "/wall/sign-in";
    public const string AgentPackage = "/api/v1/agent-package/file";
    public const string Jobs = "/jobs";
    public const string Cluster = "/cluster";
    public const string Repairs = "/repairs";
    public const string RunningRepairs = "/repairs?state=running";
    public const string SignIn = "/sign-in";
    public const string FirstAdmin = "/first-admin";
    public const string Invitation = "/invitation";
    public const string SignInCode = "/sign-in/code";
    public const string SignInLink = "/sign-in/link";
    public const string SignOut = "/sign-out";
    public const string ExternalSignIn = "/sign-in/external";
    public const string ExternalSignOut = "/sign-out/provider";
    public const string Account = "/account";
    public const string People = "/people";
    public const string Audit = "/audit";
    public const string Problems = "/problems";
    public const string Disputes = "/problems/disputes";
    public const string Syncs = "/syncs";
    public const string SyncDays = "/syncs/days";
    public const string Changes = "/changes";
    public const string PatchTuesday = "/patch-tuesday";
    public const string ErrorNumbers = "/explain";
    public const string Posture = "/posture";
    public const string Views = "/views";
    public const string Reports = "/reports";
    public const string Metrics = "/metrics";
    public const string Alerts = "/alerts";

    /// <param name="id">The server.</param>
    /// <param name="tab">Last part of the address of one of its tabs; null = the overview.</param>
    public static string Server(int id, string? tab = null) =>
        tab is null ? string.Create(CultureInfo.InvariantCulture, $"/servers/{id}") : string.Create(CultureInfo.InvariantCulture, $"/servers/{id}/{tab}");

    /// <summary>The servers that the fleet's page shows, as a file.</summary>
    public const string FleetCsv = "/api/v1/servers.csv";

    /// <summary>The repair of a server, over its page: its plan, or one that was started.</summary>
    /// <param name="serverId">The server.</param>
    /// <param name="playbook">The one to plan; null = the one that helps the server most.</param>
    /// <param name="repairId">The one that was started; null = a plan.</param>
    public static string RepairSheet(int serverId, string? playbook = null, string? repairId = null) => With(Server(serverId, "repair"), ("playbook", playbook), ("repair", repairId));

    /// <summary>The page of a server at another dashboard; null where its address can't be one that a browser opens.</summary>
    public static string? ServerAt(string dashboard, int id) =>
        Uri.TryCreate(dashboard, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) ? address.GetLeftPart(UriPartial.Authority) + Server(id) : null;

    /// <summary>The problems that a server has, or had.</summary>
    public static string ProblemsOf(int serverId) => With(Problems, ("server", serverId.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The current problems of one cause.</summary>
    public static string ProblemsOfCause(string causeId) => With(Problems, ("cause", causeId));

    /// <summary>The page of a link in a message: one button, for somebody who isn't signed in.</summary>
    public static string AlertAction(string code) => With("/alerts/act", ("code", code));

    public static string Problem(long id) => string.Create(CultureInfo.InvariantCulture, $"/problems/{id}");

    /// <summary>One synchronization, with its causes.</summary>
    public static string Run(int serverId, string runId) => string.Create(CultureInfo.InvariantCulture, $"/servers/{serverId}/syncs/{Uri.EscapeDataString(runId)}");

    /// <summary>A log line or an event on the page of a run.</summary>
    public static string RunLine(int serverId, string runId, string anchor) => $"{With(Run(serverId, runId), ("line", anchor))}#{anchor}";

    /// <summary>A log of a server, live, or at a moment.</summary>
    public static string Log(int serverId, string log, DateTimeOffset? at = null) =>
        With(Server(serverId, "log"), ("log", log), ("at", at?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));

    /// <summary>What is known of a server's vulnerabilities, support and certificate.</summary>
    public static string ServerPosture(int id) => string.Create(CultureInfo.InvariantCulture, $"/servers/{id}/posture");

    public static string Report(long id) => string.Create(CultureInfo.InvariantCulture, $"/reports/{id}");

    /// <summary>A report as a file.</summary>
    /// <param name="format">html, txt, pdf, csv or json.</param>
    public static string ReportFile(long id, string format) => string.Create(CultureInfo.InvariantCulture, $"/api/v1/reports/{id}.{format}");

    /// <summary>What people say was not the cause, as a file.</summary>
    public static string DisputesFile(string format, bool withComments) => With($"/api/v1/cause-disputes.{format}", ("comments", withComments ? "true" : null));

    /// <summary>What an error number means, or the errors with the words of a text.</summary>
    public static string Explain(string code, int page = 1) => With(ErrorNumbers, ("code", code), ("page", page == 1 ? null : page.ToString(CultureInfo.InvariantCulture)));

    public static string EditServer(int id) => string.Create(CultureInfo.InvariantCulture, $"/servers/{id}/edit");

    public static string Repair(string repairId) => $"/repairs/{Uri.EscapeDataString(repairId)}";

    /// <summary>What proves a repair, as one file.</summary>
    public static string RepairEvidence(string repairId) => $"/api/v1/repairs/{Uri.EscapeDataString(repairId)}/evidence.zip";

    /// <summary>What proves the current month of the whole fleet, as one file.</summary>
    public const string MonthEvidence = "/api/v1/evidence/month.zip";

    /// <summary>The page that plans and starts a repair of several servers.</summary>
    public static string RepairBatch(IEnumerable<string> serverIds, string? playbook, string? baseline) =>
        With("/repairs/batch", ("servers", string.Join(',', serverIds)), ("playbook", playbook), ("baseline", baseline));

    /// <summary>The timeline of a server: its newest days, one day of the viewer, or the time around one synchronization.</summary>
    public static string Timeline(int id, DateOnly? day = null, string? runId = null) => With(
        string.Create(CultureInfo.InvariantCulture, $"/servers/{id}/timeline"),
        ("day", day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        ("run", runId));

    /// <summary>A timeline as a file.</summary>
    public static string TimelineCsv(int id, DateTimeOffset from, DateTimeOffset to) => With(
        string.Create(CultureInfo.InvariantCulture, $"/api/v1/servers/{id}/timeline.csv"),
        ("from", from.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        ("to", to.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));

    /// <summary>The last day of WSUS's answers to clients as a file.</summary>
    public static string ClientsCsv(int id) => string.Create(CultureInfo.InvariantCulture, $"/api/v1/servers/{id}/clients.csv");

    /// <summary>What changed since a moment, as a file.</summary>
    public static string ChangesCsv(DateTimeOffset since) => With("/api/v1/history/changes.csv", ("since", since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));

    /// <summary>The board of a Patch Tuesday as a file.</summary>
    public static string PatchTuesdayCsv(DateOnly day) => With("/api/v1/history/patch-tuesday.csv", ("month", new DateOnly(day.Year, day.Month, 1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));

    /// <summary>The path with those parameters that have a value.</summary>
    public static string With(string path, params (string Name, string? Value)[] parameters)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in parameters)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query.Add(name, value);
            }
        }

        return path + query.ToQueryString();
    }
}
