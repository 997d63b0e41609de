namespace Microsoft.Web.Administration;

/// <summary>A virtual directory of an application.</summary>
public sealed class VirtualDirectory : ConfigurationElement
{
    internal VirtualDirectory(ElementLocation location)
        : base(location)
    {
    }

    public string Path => (string)this["path"]!;

    /// <summary>As written, environment variables not expanded, like the real API.</summary>
    public string PhysicalPath => (string)this["physicalPath"]!;
}
