namespace Microsoft.Web.Administration;

/// <summary>A section of the configuration.</summary>
public sealed class ConfigurationSection : ConfigurationElement
{
    internal ConfigurationSection(ElementLocation location)
        : base(location)
    {
    }
}
