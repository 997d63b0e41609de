using System.Text.Json;
using System.Text.Json.Serialization;
using WsusDashboard.Agent.Doctor.Probes;

namespace WsusDashboard.Agent.Doctor;

/// <summary>What an examination read, whole, as JSON: for a report, not for the screen.</summary>
internal static class ReadingsJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Readings, shapes of WSUS's answers, refusals of IIS.</summary>
    public static string Write(DoctorReport report) => JsonSerializer.Serialize(
        new { readings = report.Results.Where(result => result.Outcome.Reading is not null).Select(Describe), wsusReplies = report.WsusReplies, iisRefusals = report.IisRefusals }, Options);

    private static object Describe(ProbeResult result) => new { result.Area, result.Edge, result.Outcome.Reading };
}
