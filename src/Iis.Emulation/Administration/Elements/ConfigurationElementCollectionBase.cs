using System.Collections;
using System.Xml.Linq;

namespace Microsoft.Web.Administration;

/// <summary>The entries of a collection, in the order of the file.</summary>
public abstract class ConfigurationElementCollectionBase<T> : IReadOnlyList<T>
    where T : ConfigurationElement
{
    private readonly List<T> _entries;

    private protected ConfigurationElementCollectionBase(ConfigurationElement owner, Func<XElement, T> wrap)
    {
        Owner = owner;
        _entries = [.. (owner.Xml?.Elements() ?? []).Where(child => child.Name.LocalName == owner.Schema.Entry!.Name).Select(wrap)];
    }

    public int Count => _entries.Count;

    private protected ConfigurationElement Owner { get; }

    public T this[int index] => _entries[index];

    public IEnumerator<T> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private protected T? Find(Predicate<T> matches) => _entries.Find(matches);

    /// <summary>Writes a new entry behind the last one.</summary>
    private protected T Append(Func<XElement, T> wrap)
    {
        var entry = wrap(Owner.Session.Text.AddChild(Owner.EnsureXml(), Owner.Schema.Entry!.Name, _entries.LastOrDefault()?.Xml));
        _entries.Add(entry);
        return entry;
    }

    private protected void Delete(T entry)
    {
        if (!_entries.Remove(entry))
        {
            throw new ArgumentException($"The element isn't in <{Owner.ElementTagName}>.", nameof(entry));
        }

        Owner.Session.Text.Remove(entry.Xml!);
    }
}
