using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using WsusDashboard.Agent.Doctor.Recording;

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
    public static string Write(DoctorReport report) => Write(report, Readings(report), report.WsusReplies.Count);

    /// <summary>
    /// The same within a length. Where it is too long, the longest readings are left out one after the other, then the last shapes; what stands in their place says so.
    /// </summary>
    /// <param name="report">The examination.</param>
    /// <param name="maximumLength">In characters; there is room for the refusals, which are few.</param>
    public static string Write(DoctorReport report, int maximumLength)
    {
        var readings = Readings(report);
        var json = Write(report, readings, report.WsusReplies.Count);
        var lengths = readings.Select(line => JsonSerializer.Serialize(line, Options).Length).ToList();
        foreach (var index in Enumerable.Range(0, readings.Count).OrderByDescending(index => lengths[index]).TakeWhile(_ => json.Length > maximumLength))
        {
            readings[index] = readings[index] with { Reading = string.Create(CultureInfo.InvariantCulture, $"(left out: {lengths[index]} characters)") };
            json = Write(report, readings, report.WsusReplies.Count);
        }

        for (var kept = report.WsusReplies.Count - 1; kept >= 0 && json.Length > maximumLength; kept--)
        {
            json = Write(report, readings, kept);
        }

        return json;
    }

    private static List<Line> Readings(DoctorReport report) =>
        [.. report.Results.Where(result => result.Outcome.Reading is not null).Select(result => new Line(result.Area, result.Edge, result.Outcome.Reading))];

    private static string Write(DoctorReport report, IEnumerable<Line> readings, int keptReplies)
    {
        var more = report.WsusReplies.Count - keptReplies + report.MoreWsusReplies;
        IEnumerable<ReplyShape> wsusReplies = more == 0
            ? report.WsusReplies
            : [.. report.WsusReplies.Take(keptReplies), new(string.Create(CultureInfo.InvariantCulture, $"(and {more} more)"), 0, 0, [])];
        return JsonSerializer.Serialize(new { readings, wsusReplies, iisRefusals = report.IisRefusals }, Options);
    }

    private sealed record Line(string Area, string Edge, object? Reading);
}
