using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsusDashboard.Dashboard.Api;

/// <summary>JSON as the API and the hub speak it: enums are camelCase words, numbers are numbers, unknown members are refused.</summary>
internal static class JsonEnums
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
    }
}
