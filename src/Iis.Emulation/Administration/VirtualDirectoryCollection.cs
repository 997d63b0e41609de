namespace Microsoft.Web.Administration;

/// <summary>The virtual directories of an application.</summary>
public sealed class VirtualDirectoryCollection : ConfigurationElementCollectionBase<VirtualDirectory>
{
    internal VirtualDirectoryCollection(Application application)
        : base(application, text => new VirtualDirectory(new ElementPlace(application.Session, application.Schema.Entry!, application, null, text)))
    {
    }

    /// <summary>Null where there is no such directory.</summary>
    public VirtualDirectory? this[string path] => Find(directory => string.Equals(directory.Path, path, StringComparison.OrdinalIgnoreCase));
}
