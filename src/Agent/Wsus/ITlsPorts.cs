namespace WsusDashboard.Agent.Wsus;

/// <summary>The ports on which a web site takes TLS, as IIS knows them.</summary>
public interface ITlsPorts
{
    /// <summary>Ports of a site's https bindings, in their order; the last known ones while IIS cannot be asked, empty where none are known or IIS has no such site.</summary>
    /// <param name="siteId">The site's number in IIS.</param>
    IReadOnlyList<int> Read(long siteId);
}
