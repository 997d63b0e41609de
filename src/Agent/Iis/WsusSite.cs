using System.Globalization;
using Microsoft.Web.Administration;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Iis;

/// <summary>One application of a site, read once: on the real IIS each property is a call.</summary>
internal sealed record SiteApplication(string SiteName, long SiteId, string Path, string PoolName);

/// <summary>Where WSUS is in IIS.</summary>
/// <param name="SiteName">Null where no site of it was found.</param>
/// <param name="PoolName">Null where none was found, or where it is not clear which it is: then nothing is changed.</param>
/// <param name="Note">How it was found, where that is not plain; empty where it is.</param>
internal sealed record WsusSite(string? SiteName, string? PoolName, string Note)
{
    private const string ClientWebService = "/ClientWebService";
    private const string UsualPoolName = "WsusPool";

    /// <summary>The name of the site is translated and that of the pool may be changed, so both come from the site's id and from the application that only WSUS has.</summary>
    /// <param name="manager">IIS.</param>
    /// <param name="applications">All applications of all sites.</param>
    /// <param name="siteId">What the registry says; null where it says nothing.</param>
    /// <param name="registryProblem">Why the registry could not be read; empty where it could.</param>
    public static WsusSite Find(ServerManager manager, IReadOnlyList<SiteApplication> applications, long? siteId, string registryProblem)
    {
        var candidates = applications.Where(application => string.Equals(application.Path, ClientWebService, StringComparison.OrdinalIgnoreCase)).ToList();
        if (siteId is not null && candidates.Find(candidate => candidate.SiteId == siteId) is { } registered)
        {
            return new WsusSite(registered.SiteName, registered.PoolName, "");
        }

        var why = siteId is { } id
            ? string.Create(CultureInfo.InvariantCulture, $"The registry names site {id} as WSUS's (IISTargetWebSiteIndex), but that site has no application {ClientWebService}.")
            : registryProblem.Length > 0 ? $"The registry doesn't say which site is WSUS's: {registryProblem}"
            : "The registry value IISTargetWebSiteIndex, which names WSUS's site, is missing.";
        return candidates switch
        {
            [] => FindByName(manager, siteId is null ? "" : why),
            [var only] => new WsusSite(only.SiteName, only.PoolName, $"{why} Using the only site with {ClientWebService}: {only.SiteName}."),
            _ => Choose(candidates, why),
        };
    }

    // Without a site of WSUS and without a word of the registry there is no WSUS, and nothing to say.
    private static WsusSite FindByName(ServerManager manager, string why)
    {
        var isThere = manager.ApplicationPools[UsualPoolName] is not null;
        return new WsusSite(null, isThere ? UsualPoolName : null, why.Length == 0 ? "" : isThere ? $"{why} Using the pool with the usual name, {UsualPoolName}." : why);
    }

    private static WsusSite Choose(List<SiteApplication> candidates, string why)
    {
        var sites = Wording.List([.. candidates.Select(candidate => $"{candidate.SiteName} ({candidate.PoolName})")]);
        var pools = candidates.Select(candidate => candidate.PoolName).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        return pools.Count == 1
            ? new WsusSite(candidates[0].SiteName, pools[0], $"{why} {candidates.Count} sites look like WSUS, {sites}; all use the pool {pools[0]}.")
            : new WsusSite(null, null, $"{why} {candidates.Count} sites look like WSUS, {sites}, so it isn't clear which pool is WSUS's, and none is changed. Set IISTargetWebSiteIndex to the id of the right site.");
    }
}
