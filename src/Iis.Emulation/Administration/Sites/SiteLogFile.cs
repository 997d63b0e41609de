namespace Microsoft.Web.Administration;

/// <summary>How a site writes its log.</summary>
public sealed class SiteLogFile : ConfigurationElement
{
    internal SiteLogFile(ElementLocation location)
        : base(location)
    {
    }

    /// <summary>The folder in which each site has its own, W3SVC and its id; environment variables stand as the file has them.</summary>
    public string Directory => (string)this["directory"]!;
}
