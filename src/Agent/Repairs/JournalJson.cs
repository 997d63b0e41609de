using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsusDashboard.Agent.Repairs;

/// <summary>How runs and saved settings are written, in the journal and beside it.</summary>
internal static class JournalJson
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public static string Write<T>(T document) => JsonSerializer.Serialize(document, Json);

    /// <exception cref="JsonException">The text is no such document.</exception>
    public static T Read<T>(string document) => JsonSerializer.Deserialize<T>(document, Json) ?? throw new JsonException("The journal contains an empty document.");
}
