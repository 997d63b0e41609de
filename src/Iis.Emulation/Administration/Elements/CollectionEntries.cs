namespace Microsoft.Web.Administration;

/// <summary>The entries that hold for a collection with inheritance: those of its defaults element, then its own; a clear element drops what stands before it.</summary>
internal static class CollectionEntries
{
    public static IReadOnlyList<ElementLocation> Of(ConfigurationElement collection)
    {
        var schema = collection.Schema;
        var places = collection.Defaults is { } defaults ? [.. Of(defaults)] : new List<ElementLocation>();
        foreach (var child in collection.Xml?.Elements() ?? [])
        {
            if (child.Name.LocalName == schema.ClearElement)
            {
                places.Clear();
            }
            else if (child.Name.LocalName == schema.Entry!.Name)
            {
                places.Add(new ElementLocation(collection.Session, schema.Entry, collection, null, child));
            }
        }

        return places;
    }
}
