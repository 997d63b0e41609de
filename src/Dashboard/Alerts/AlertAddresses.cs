using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Alerts;

/// <summary>Addresses of pages, as people outside open them.</summary>
internal sealed class AlertAddresses(IServiceProvider services, DashboardOptions options)
{
    /// <param name="path">Begins with a slash.</param>
    /// <returns>Empty before this dashboard listens.</returns>
    public string Of(string path)
    {
        var bound = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        var own = options.PublicAddress.Length > 0 ? options.PublicAddress : bound is null ? "" : services.GetService<OwnAddress>()?.For(bound) ?? bound;
        return own.Length == 0 ? "" : own.TrimEnd('/') + path;
    }
}
