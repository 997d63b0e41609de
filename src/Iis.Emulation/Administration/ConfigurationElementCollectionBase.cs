using System.Collections;
using WsusDashboard.Iis.Emulation.Text;

namespace Microsoft.Web.Administration;

/// <summary>The entries of a collection, in the order of the file.</summary>
public abstract class ConfigurationElementCollectionBase<T> : IReadOnlyList<T>
    where T : ConfigurationElement
{
    private readonly List<T> _entries;

    private protected ConfigurationElementCollectionBase(ConfigurationElement owner, Func<XmlTextElement, T> wrap)
    {
        Owner = owner;
        var text = owner.Text;
        _entries = text is null ? [] : [.. text.Children.Where(child => child.Name == owner.Schema.Entry!.Name).Select(wrap)];
    }

    public int Count => _entries.Count;

    private protected ConfigurationElement Owner { get; }

    public T this[int index] => _entries[index];

    public IEnumerator<T> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private protected T? Find(Predicate<T> matches) => _entries.Find(matches);

    /// <summary>Writes a new entry behind the last one.</summary>
    private protected T Append(Func<XmlTextElement, T> wrap)
    {
        var text = Owner.EnsureText().AddChild(Owner.Schema.Entry!.Name, _entries.LastOrDefault()?.Text);
        var entry = wrap(text);
        _entries.Add(entry);
        return entry;
    }

    private protected void Delete(T entry)
    {
        if (!_entries.Remove(entry))
        {
            throw new ArgumentException($"The element is not in <{Owner.ElementTagName}>.", nameof(entry));
        }

        Owner.Text!.RemoveChild(entry.Text!);
    }
}
