namespace Microsoft.Web.Administration;

/// <summary>An application of a site.</summary>
public sealed class Application : ConfigurationElement
{
    internal Application(ElementLocation location)
        : base(location)
    {
        VirtualDirectories = new VirtualDirectoryCollection(this);
    }

    public string Path => (string)this["path"]!;

    /// <summary>The pool that runs it: its own, else that of the site's applicationDefaults, else of the section's; empty where none says one.</summary>
    public string ApplicationPoolName { get => (string)this["applicationPool"]!; set => this["applicationPool"] = value; }

    public string EnabledProtocols { get => (string)this["enabledProtocols"]!; set => this["enabledProtocols"] = value; }

    public VirtualDirectoryCollection VirtualDirectories { get; }
}
