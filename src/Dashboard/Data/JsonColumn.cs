using System.Text.Json.Serialization;
using System.Text.Json;
using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Dashboard.Data;

/// <summary>How values are kept that are columns of JSON.</summary>
internal static class JsonColumn
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The value, or <paramref name="otherwise"/> where a column was written by another version and cannot be read.</summary>
    public static T Read<T>(string json, T otherwise)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Json) ?? otherwise;
        }
        catch (JsonException)
        {
            return otherwise;
        }
    }

    /// <summary>The list; empty where it cannot be read.</summary>
    public static ValueList<T> ReadList<T>(string json) => [.. Read<T[]>(json, [])];

    public static DateTimeOffset ToOffset(this DateTime utc) => new(DateTime.SpecifyKind(utc, DateTimeKind.Utc));

    public static DateTimeOffset? ToOffset(this DateTime? utc) => utc is { } known ? known.ToOffset() : null;
}
