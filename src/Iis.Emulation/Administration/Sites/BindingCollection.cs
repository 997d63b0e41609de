using System.Collections;

namespace Microsoft.Web.Administration;

/// <summary>The addresses of a site: those of siteDefaults, unless cleared, then the site's own.</summary>
public sealed class BindingCollection : IReadOnlyList<Binding>
{
    private readonly Binding[] _bindings;

    internal BindingCollection(ConfigurationElement bindings) => _bindings = [.. CollectionEntries.Of(bindings).Select(place => new Binding(place))];

    public int Count => _bindings.Length;

    public Binding this[int index] => _bindings[index];

    public IEnumerator<Binding> GetEnumerator() => _bindings.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
