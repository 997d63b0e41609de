using System.ComponentModel.DataAnnotations;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Shared.Baselines;

namespace WsusDashboard.Dashboard;

/// <summary>The settings of a dashboard: section "Dashboard" of appsettings.json, environment (Dashboard__Port) and command line (--Dashboard:Port).</summary>
public sealed class DashboardOptions
{
    public const string SectionName = "Dashboard";

    /// <summary>The TCP port that browsers and API clients use; 0 = any free one. 0 to 65535.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 5080;

    /// <summary>The address that is listened on. Without a certificate in plain HTTP on loopback only (localhost, 127.0.0.1, ::1); with one any address of this computer, for example 0.0.0.0.</summary>
    public string ListenAddress { get; set; } = "localhost";

    /// <summary>The certificate for browsers: a PFX file, or a PEM file with its chain. Then TLS 1.2 or newer is spoken and plain HTTP refused; a renewed file counts within a minute. Empty = plain HTTP.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>The PEM file with the certificate's private key, where it is not in the same file.</summary>
    public string CertificateKeyFile { get; set; } = "";

    /// <summary>The password of the PFX file or of the encrypted key.</summary>
    public Secret CertificatePassword { get; set; } = Secret.Empty;

    /// <summary>A file that holds the password instead.</summary>
    public string CertificatePasswordFile { get; set; } = "";

    /// <summary>The https address by which people reach the dashboard, where it is not its own: that of IIS or of a proxy with TLS on this computer, which has to send X-Forwarded-For and X-Forwarded-Proto. Only its host, and the names of the certificate, are answered beside localhost.</summary>
    public string PublicAddress { get; set; } = "";

    /// <summary>The TCP port on which agents register themselves with an enrolment token: TLS with this dashboard's own key, on all addresses, and nothing else behind it. 0 = none. 0 to 65535.</summary>
    [Range(0, 65535)]
    public int EnrolmentPort { get; set; }

    /// <summary>Name that agents show for this dashboard, at most 100 characters; empty = the computer's name.</summary>
    public string HubName { get; set; } = "";

    /// <summary>The folder of the database and its backups; made at start. Relative to the current folder.</summary>
    public string DataDirectory { get; set; } = ".data/dashboard";

    /// <summary>Where history is kept: sqlite (a file in the data folder) or postgresql.</summary>
    public string Database { get; set; } = DatabaseProvider.Sqlite;

    /// <summary>Connection string of PostgreSQL, for example Host=db;Database=wsusdashboard;Username=dashboard. It may hold a password and is never shown; better is a file.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>File that holds the connection string of PostgreSQL, readable by the dashboard's account alone.</summary>
    public string ConnectionStringFile { get; set; } = "";

    /// <summary>The baseline of servers that name none: guide, microsoft or optimize-wsusserver.</summary>
    public string DefaultBaseline { get; set; } = BaselineCatalog.GuideId;

    /// <summary>Days that synchronizations are kept; a month goes when all of it is older. 90 to 3650.</summary>
    [Range(90, 3650)]
    public int SyncRetentionDays { get; set; } = 1095;

    /// <summary>Days that state changes and health changes are kept. 7 to 3650.</summary>
    [Range(7, 3650)]
    public int StateChangeRetentionDays { get; set; } = 1095;

    /// <summary>Days that events of Windows (recycles, stopped pools) are kept. 7 to 3650.</summary>
    [Range(7, 3650)]
    public int EventRetentionDays { get; set; } = 400;

    /// <summary>Days that samples of one minute are kept. 1 to 90.</summary>
    [Range(1, 90)]
    public int MinuteSampleRetentionDays { get; set; } = 14;

    /// <summary>Days that samples rolled up to an hour are kept. 7 to 3650.</summary>
    [Range(7, 3650)]
    public int HourSampleRetentionDays { get; set; } = 400;

    /// <summary>Days that samples rolled up to a day are kept. 90 to 3650.</summary>
    [Range(90, 3650)]
    public int DaySampleRetentionDays { get; set; } = 1095;

    /// <summary>Days that repairs and the audit are kept. 90 to 3650.</summary>
    [Range(90, 3650)]
    public int AuditRetentionDays { get; set; } = 1095;

    /// <summary>The hour (UTC) of the nightly retention; the backup follows half an hour later. 0 to 23.</summary>
    [Range(0, 23)]
    public int NightlyHour { get; set; } = 1;

    /// <summary>Backups that are kept. 1 to 365.</summary>
    [Range(1, 365)]
    public int BackupsKept { get; set; } = 7;

    /// <summary>Hours without an answer after which a server is named by the stale-server check. 1 to 720.</summary>
    [Range(1, 720)]
    public int StaleServerHours { get; set; } = 24;

    /// <summary>Seconds that a silent agent keeps its last known health before it counts as unreachable. 5 to 600.</summary>
    [Range(5, 600)]
    public int UnreachableAfterSeconds { get; set; } = 20;

    /// <summary>Seconds without any message after which a link is taken for dead; agents send a heartbeat every 15 s. 20 to 600.</summary>
    [Range(20, 600)]
    public int SilenceSeconds { get; set; } = 45;

    /// <summary>Seconds to establish a connection to an agent. 1 to 60.</summary>
    [Range(1, 60)]
    public int ConnectTimeoutSeconds { get; set; } = 5;

    /// <summary>Seconds that an agent has to answer a question (plan, state of a run). 1 to 300.</summary>
    [Range(1, 300)]
    public int QueryTimeoutSeconds { get; set; } = 15;

    /// <summary>Seconds that an agent has to carry out a single verb (restart a service). 5 to 600.</summary>
    [Range(5, 600)]
    public int CommandTimeoutSeconds { get; set; } = 120;

    /// <summary>Longest wait between two attempts to reach an agent, in seconds. 1 to 3600.</summary>
    [Range(1, 3600)]
    public int MaximumRetrySeconds { get; set; } = 60;

    /// <summary>Seconds over which the first contacts are spread at start. 0 to 600.</summary>
    [Range(0, 600)]
    public int StaggerSeconds { get; set; } = 3;

    /// <summary>The file with the secret that encrypts what the database holds of keys and proves the audit; made at the first start. Empty = dashboard.key in the data folder. Keep it apart from backups of the database.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>Hours after which a browser that was not used must sign in again. 1 to 720.</summary>
    [Range(1, 720)]
    public int SessionIdleHours { get; set; } = 12;

    /// <summary>Hours that an invitation can be used. 1 to 720.</summary>
    [Range(1, 720)]
    public int InvitationHours { get; set; } = 72;

    /// <summary>Minutes after a confirmation by password or passkey in which actions on several servers are not asked for it again. 1 to 60.</summary>
    [Range(1, 60)]
    public int ConfirmedMinutes { get; set; } = 5;

    /// <summary>Servers that a repair of several servers repairs at the same time; the next begins when one has ended. 1 to 50.</summary>
    [Range(1, 50)]
    public int RepairsAtOnce { get; set; } = 5;

    /// <summary>Attempts to sign in that one address has in a minute, before 429. 1 to 100000.</summary>
    [Range(1, 100_000)]
    public int SignInAttemptsPerMinute { get; set; } = 10;

    /// <summary>Requests to the API that one person, token or address has in a minute, before 429. 10 to 1000000.</summary>
    [Range(10, 1_000_000)]
    public int ApiRequestsPerMinute { get; set; } = 1200;

    /// <summary>An API token with the role Admin for the whole fleet, for scripts that set up a dashboard; at least 32 characters. Empty = none. Not kept in the database.</summary>
    public Secret ApiToken { get; set; } = Secret.Empty;

    /// <summary>A file that holds the API token instead.</summary>
    public string ApiTokenFile { get; set; } = "";

    /// <summary>Sign-in by OpenID Connect: the address of the provider as its tokens name it, https only, for example https://login.microsoftonline.com/TENANT/v2.0. Empty = none.</summary>
    public string OidcAuthority { get; set; } = "";

    /// <summary>The id that the provider gave to WsusDashboard. Its redirect address there: this dashboard's address with /sign-in/oidc.</summary>
    public string OidcClientId { get; set; } = "";

    /// <summary>The secret that the provider gave to WsusDashboard; empty for a public client. The code flow uses PKCE either way.</summary>
    public Secret OidcClientSecret { get; set; } = Secret.Empty;

    /// <summary>A file that holds the client secret instead.</summary>
    public string OidcClientSecretFile { get; set; } = "";

    /// <summary>What is asked of the provider, separated by spaces; openid must be among it. Keycloak and others may need one more for groups.</summary>
    public string OidcScopes { get; set; } = "openid profile";

    /// <summary>The claim of the ID token that holds the groups: groups (Entra ID, Keycloak), roles, or what a rule of AD FS issues.</summary>
    public string OidcGroupsClaim { get; set; } = "groups";

    /// <summary>How pages call the provider, 1 to 50 characters.</summary>
    public string OidcName { get; set; } = "single sign-on";

    /// <summary>Roles by groups, for sign-in by OpenID Connect and Windows, separated by semicolons: GROUP=Role for the whole fleet, GROUP=Role:SITE,SITE for sites. GROUP is what the claim holds; for Windows a SID or DOMAIN\name.</summary>
    public string GroupRoles { get; set; } = "";

    public string DatabasePath => Path.Combine(DataDirectory, "dashboard.db");

    public string KeyFilePath => KeyFile.Length > 0 ? Path.GetFullPath(KeyFile) : Path.Combine(DataDirectory, Security.Keys.KeyFile.FileName);

    public string BackupDirectory => Path.Combine(DataDirectory, "backups");
}
