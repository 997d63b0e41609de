using WsusDashboard.Shared.Baselines;

namespace WsusDashboard.Dashboard.Live;

/// <summary>What a person entered about a server, and whose key it has.</summary>
internal sealed record ServerIdentity(int Id, string Name, string Site, string Address, Baseline Baseline, ServerTrust? Trust = null);
