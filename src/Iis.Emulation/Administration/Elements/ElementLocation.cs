using System.Xml.Linq;

namespace Microsoft.Web.Administration;

/// <summary>Where an element stands, whether it is in the file or not.</summary>
/// <param name="Session">The reading that it belongs to.</param>
/// <param name="Schema">What it may hold.</param>
/// <param name="Parent">The element around it; needed where its own element may have to be created.</param>
/// <param name="Defaults">The element that has the values for what this one does not say.</param>
/// <param name="Xml">Its element of the file, where that is known to exist (an entry of a collection, a section that was read).</param>
internal readonly record struct ElementLocation(
    ConfigurationSession Session,
    ConfigurationElementSchema Schema,
    ConfigurationElement? Parent,
    ConfigurationElement? Defaults,
    XElement? Xml)
{
    /// <summary>True for what location elements say: it is read here, not changed.</summary>
    public bool IsReadOnly { get; init; }
}
