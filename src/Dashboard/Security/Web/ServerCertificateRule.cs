using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Settings;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>A certificate is usable when it could be opened, so it's kept.</summary>
internal sealed class ServerCertificateRule(TimeProvider timeProvider) : OptionsRule<DashboardOptions>
{
    public ServerCertificate? Certificate { get; private set; }

    protected override IEnumerable<string> Mistakes(DashboardOptions options)
    {
        (Certificate, var problem) = ServerCertificate.Open(options, timeProvider);
        return problem is null ? [] : [problem];
    }
}
