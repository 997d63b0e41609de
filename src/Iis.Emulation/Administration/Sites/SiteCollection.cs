namespace Microsoft.Web.Administration;

/// <summary>The web sites of the server. Names are not case-sensitive.</summary>
public sealed class SiteCollection : ConfigurationElementCollectionBase<Site>
{
    internal SiteCollection(ConfigurationElement section)
        : base(section, xml => new Site(
            new ElementLocation(section.Session, section.Schema.Entry!, section, section.GetChildElement("siteDefaults"), xml),
            section.GetChildElement("applicationDefaults")))
    {
    }

    /// <summary>Null where there is no such site.</summary>
    public Site? this[string name] => Find(site => string.Equals(site.Name, name, StringComparison.OrdinalIgnoreCase));
}
