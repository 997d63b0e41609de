namespace Microsoft.Web.Administration;

/// <summary>A web site.</summary>
public sealed class Site : ConfigurationElement
{
    internal Site(ElementLocation location, ConfigurationElement sectionApplicationDefaults)
        : base(location)
    {
        Applications = new ApplicationCollection(this, sectionApplicationDefaults);
        Bindings = new BindingCollection(new ConfigurationElement(ChildLocation("bindings")));
        LogFile = new SiteLogFile(ChildLocation("logFile"));
    }

    public long Id => (long)this["id"]!;

    public string Name => (string)this["name"]!;

    public bool ServerAutoStart { get => (bool)this["serverAutoStart"]!; set => this["serverAutoStart"] = value; }

    public ApplicationCollection Applications { get; }

    public BindingCollection Bindings { get; }

    public SiteLogFile LogFile { get; }

    /// <summary>The state that the site has after a start of the server: nothing here starts or stops a site by hand.</summary>
    public ObjectState State => ServerAutoStart ? ObjectState.Started : ObjectState.Stopped;
}
