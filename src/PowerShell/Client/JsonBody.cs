using System.Runtime.Serialization.Json;
using System.Xml;

namespace WsusDashboard.PowerShell.Client;

/// <summary>The body of a request: a flat JSON object. Values that are null are left out.</summary>
internal sealed class JsonBody
{
    private readonly List<KeyValuePair<string, object>> _members = [];

    public JsonBody Add(string name, string? value) => AddValue(name, value);

    public JsonBody Add(string name, int? value) => AddValue(name, value);

    public JsonBody Add(string name, bool? value) => AddValue(name, value);

    public JsonBody Add(string name, DateTimeOffset? value) => AddValue(name, value is { } time ? ApiQuery.Format(time) : null);

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = JsonReaderWriterFactory.CreateJsonWriter(stream, System.Text.Encoding.UTF8, ownsStream: false))
        {
            writer.WriteStartElement("root");
            writer.WriteAttributeString("type", "object");
            foreach (var member in _members)
            {
                writer.WriteStartElement(member.Key);
                Write(writer, member.Value);
                writer.WriteEndElement();
            }

            writer.WriteEndElement();
        }

        return stream.ToArray();
    }

    private static void Write(XmlDictionaryWriter writer, object value)
    {
        writer.WriteAttributeString("type", value switch
        {
            int => "number",
            bool => "boolean",
            _ => "string",
        });
        writer.WriteValue(value);
    }

    private JsonBody AddValue(string name, object? value)
    {
        if (value is not null)
        {
            _members.Add(new(name, value));
        }

        return this;
    }
}
