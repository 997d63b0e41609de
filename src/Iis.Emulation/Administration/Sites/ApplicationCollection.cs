namespace Microsoft.Web.Administration;

/// <summary>The applications of a site. Paths are not case-sensitive.</summary>
public sealed class ApplicationCollection : ConfigurationElementCollectionBase<Application>
{
    internal ApplicationCollection(Site site, ConfigurationElement sectionDefaults)
        : base(site, xml => new Application(new ElementLocation(site.Session, site.Schema.Entry!, site, Defaults(site, sectionDefaults), xml)))
    {
    }

    /// <summary>Null where there is no such application.</summary>
    public Application? this[string path] => Find(application => string.Equals(application.Path, path, StringComparison.OrdinalIgnoreCase));

    /// <summary>What the site says goes before what the section says.</summary>
    private static ConfigurationElement Defaults(Site site, ConfigurationElement sectionDefaults) =>
        new(new ElementLocation(site.Session, site.Schema.Child("applicationDefaults")!, site, sectionDefaults, null));
}
