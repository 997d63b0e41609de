namespace Microsoft.Web.Administration;

/// <summary>An address of a site.</summary>
public sealed class Binding : ConfigurationElement
{
    internal Binding(ElementLocation location)
        : base(location)
    {
    }

    public string Protocol => (string)this["protocol"]!;

    /// <summary>address:port:host, for http and https.</summary>
    public string BindingInformation => (string)this["bindingInformation"]!;
}
