namespace Microsoft.Web.Administration;

/// <summary>The virtual directories of an application.</summary>
public sealed class VirtualDirectoryCollection : ConfigurationElementCollectionBase<VirtualDirectory>
{
    internal VirtualDirectoryCollection(Application application)
        : base(application, xml => new VirtualDirectory(new ElementLocation(application.Session, application.Schema.Entry!, application, null, xml)))
    {
    }

    /// <summary>Null where there is no such directory.</summary>
    public VirtualDirectory? this[string path] => Find(directory => string.Equals(directory.Path, path, StringComparison.OrdinalIgnoreCase));
}
