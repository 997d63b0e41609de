using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Settings;

namespace WsusDashboard.Dashboard.Kernel;

/// <summary>The settings of a dashboard: section "Dashboard" of appsettings.json, environment (Dashboard__Port) and command line (--Dashboard:Port).</summary>
public sealed class DashboardOptions
{
    public const string SectionName = "Dashboard";

    /// <summary>TCP port for browsers and API clients; 0 = any free port.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 5080;

    /// <summary>The address to listen on: localhost or an IP address of this computer. Without a certificate only loopback is allowed, because the dashboard then speaks plain HTTP.</summary>
    public string ListenAddress { get; set; } = "localhost";

    /// <summary>The https address people use, if it isn't the dashboard's own: that of IIS or of a proxy with TLS on this computer or of ProxyAddresses, which has to send X-Forwarded-For and X-Forwarded-Proto. Besides localhost, only its host and the certificate's names are answered.</summary>
    public string PublicAddress { get; set; } = "";

    /// <summary>IP addresses of proxies on other computers, separated by commas: X-Forwarded-For and X-Forwarded-Proto are believed from them. It needs PublicAddress and a certificate. Empty = none.</summary>
    public string ProxyAddresses { get; set; } = "";

    /// <summary>TCP port for agents: where they register themselves with an enrolment token, and where those that connect themselves come in; over TLS with the dashboard's own key, on all addresses. 0 = none.</summary>
    [Range(0, 65535)]
    public int EnrolmentPort { get; set; } = 5443;

    /// <summary>The name agents show for this dashboard. Empty = the computer's name.</summary>
    [PrintableText(0, 100)]
    public string HubName { get; set; } = "";

    /// <summary>Folder of the database, its backups and the key file; created at start. A relative path starts at the current folder.</summary>
    public string DataDirectory { get; set; } = ".data/dashboard";

    /// <summary>Folder with the agent's release (the zip and its .sha256, as src/Agent/Packaging/release.sh makes them), which admins can download from the page for the first server. Empty = packages in the data folder.</summary>
    public string PackageDirectory { get; set; } = "";

    /// <summary>File with the secret that encrypts the keys in the database and proves the audit; created at the first start. Empty = dashboard.key in the data folder. Keep it apart from backups of the database.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The baseline of servers that don't name one.</summary>
    [BaselineId]
    public string DefaultBaseline { get; set; } = BaselineCatalog.GuideId;

    /// <summary>Servers that a batch repairs at the same time; the next one starts when one ends.</summary>
    [Range(1, 50)]
    public int RepairsAtOnce { get; set; } = 5;

    public HttpsOptions Https { get; } = new();

    public DatabaseOptions Database { get; } = new();

    public JoinOptions Join { get; } = new();

    public AgentLinkOptions Agents { get; } = new();

    public ProbeOptions Probe { get; } = new();

    public RetentionOptions Retention { get; } = new();

    public JobOptions Jobs { get; } = new();

    public ReportOptions Reports { get; } = new();

    public SignInOptions SignIn { get; } = new();

    public OidcOptions Oidc { get; } = new();

    public ApiOptions Api { get; } = new();

    public MetricsOptions Metrics { get; } = new();

    public AlertOptions Alerts { get; } = new();

    public string DatabasePath => Path.Combine(DataDirectory, "dashboard.db");

    public string KeyFilePath => KeyFile.Length > 0 ? Path.GetFullPath(KeyFile) : Path.Combine(DataDirectory, "dashboard.key");

    public string PackageDirectoryPath => PackageDirectory.Length > 0 ? Path.GetFullPath(PackageDirectory) : Path.Combine(DataDirectory, "packages");

    /// <summary>Names the newest entry of the audit.</summary>
    public string AuditHeadPath => Path.Combine(DataDirectory, "audit.head");

    public string BackupDirectory => Path.Combine(DataDirectory, "backups");

    /// <summary>The key of an option: KeyOf(options.Oidc.Authority) is Dashboard:Oidc:Authority.</summary>
    internal static string KeyOf(object option, [CallerArgumentExpression(nameof(option))] string expression = "")
    {
        _ = option;
        return SectionName + expression[expression.IndexOf('.', StringComparison.Ordinal)..].Replace('.', ':');
    }
}
