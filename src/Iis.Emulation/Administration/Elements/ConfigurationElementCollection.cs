namespace Microsoft.Web.Administration;

/// <summary>The entries of a collection that has no class of its own.</summary>
public sealed class ConfigurationElementCollection : ConfigurationElementCollectionBase<ConfigurationElement>
{
    internal ConfigurationElementCollection(ConfigurationElement owner)
        : base(owner, xml => new ConfigurationElement(new ElementLocation(owner.Session, owner.Schema.Entry!, owner, null, xml)))
    {
    }
}
