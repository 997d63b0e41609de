using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Baselines;

namespace WsusDashboard.Dashboard.Live;

/// <summary>What a person entered about a server, and whose key it has.</summary>
internal sealed record ServerIdentity(int Id, string Name, string Site, string Address, Baseline Baseline, ServerTrust? Trust = null)
{
    /// <summary>With the baseline that it is compared with.</summary>
    public static ServerIdentity Of(ServerEntity server, DashboardOptions options) =>
        new(server.Id, server.Name, server.Site, server.Address, BaselineCatalog.Find(server.Baseline ?? options.DefaultBaseline) ?? BaselineCatalog.Guide, ServerTrust.Of(server));
}
