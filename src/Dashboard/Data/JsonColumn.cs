using System.Text.Json.Serialization;
using System.Text.Json;
using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Dashboard.Data;

/// <summary>How values are kept that are columns of JSON.</summary>
internal static class JsonColumn
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new ValueListConverters() },
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

    /// <summary>Lists inside of records; the framework can't make one.</summary>
    private sealed class ValueListConverters : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(ValueList<>);

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(ValueListConverter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;
    }

    private sealed class ValueListConverter<T> : JsonConverter<ValueList<T>>
    {
        public override ValueList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => [.. JsonSerializer.Deserialize<T[]>(ref reader, options) ?? []];

        public override void Write(Utf8JsonWriter writer, ValueList<T> value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value.ToArray(), options);
    }
}
