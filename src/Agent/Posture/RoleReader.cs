using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Agent.Posture;

/// <summary>Whether the role WSUS is installed and set up, and the versions of the products beside Windows.</summary>
internal sealed class RoleReader(IRegistry registry, WsusRegistry wsus, SusdbSizeReader susdb, TimeProvider timeProvider)
{
    private const string RoleKey = WsusRegistry.SetupKey + @"\Installed Role Services";
    private const string RoleValue = "UpdateServices-Services";

    /// <summary>The value that the post-installation sets (public lab scripts).</summary>
    private const int SetUp = 2;

    private const string UpdatePointKey = @"SOFTWARE\Microsoft\SMS\COMPONENTS\SMS_WSUS_CONTROL_MANAGER";
    private const string SiteKey = @"SOFTWARE\Microsoft\SMS\Setup";

    /// <exception cref="EdgeException">The registry refuses.</exception>
    public RolePart ReadRole()
    {
        var services = registry.Read(RoleKey, RoleValue);
        var isThere = services is not null || wsus.FindAddress() is not null;
        return new()
        {
            IsInstalled = isThere,
            IsSetUp = services switch { int number => number == SetUp, _ when isThere => (bool?)null, _ => false },
            HasSoftwareUpdatePoint = registry.HasKey(UpdatePointKey),
            ReadAt = timeProvider.GetUtcNow(),
        };
    }

    /// <exception cref="EdgeException">The registry refuses.</exception>
    public ProductsPart ReadProducts()
    {
        var hasServer = wsus.FindDatabase() is { IsPipe: false };
        return new()
        {
            ConfigMgrVersion = registry.Read(SiteKey, "Full Version") as string ?? "",
            SqlVersion = susdb.Version,
            SqlEdition = susdb.Last?.Edition ?? "",
            ReadAt = timeProvider.GetUtcNow(),
            Problem = hasServer && susdb.Version.Length == 0 ? (susdb.Problem.Length > 0 ? susdb.Problem : "SUSDB's SQL Server hasn't said its version yet") : "",
        };
    }
}
