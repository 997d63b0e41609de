using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsusDashboard.Agent.Storage;

/// <summary>Small records that stand in the store as JSON.</summary>
internal static class StoreJson
{
    public static string Write(LogPosition position) => JsonSerializer.Serialize(position, StoreJsonContext.Default.LogPosition);

    /// <summary>Null where the text is not one of ours: the log is then read from its start, and runs that are known already are not told twice.</summary>
    public static LogPosition? ReadLogPosition(string value)
    {
        try
        {
            return JsonSerializer.Deserialize(value, StoreJsonContext.Default.LogPosition);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(LogPosition))]
internal sealed partial class StoreJsonContext : JsonSerializerContext;
