using System.Text.Json;
using WsusDashboard.Agent.Doctor;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Doctor.Recording;
using WsusDashboard.Agent.Iis;

namespace WsusDashboard.Agent.Tests.Doctor;

/// <summary>An examination that is too long for one message says what it leaves out.</summary>
public sealed class ExaminationMappingTests
{
    private const int Most = 2 * 1024 * 1024;

    [Fact]
    public void ToWire_OneReadingIsTooLong_LeavesThatOneOutAndSaysSo()
    {
        var report = Report(("short", "kept"), ("long", new string('x', 3_000_000)));

        using var readings = JsonDocument.Parse(report.ToWire(withReadings: true).Readings);

        var lines = readings.RootElement.GetProperty("readings").EnumerateArray().ToDictionary(line => line.GetProperty("edge").GetString()!, line => line.GetProperty("reading").GetString()!);
        Assert.Equal("kept", lines["short"]);
        Assert.Contains("left out", lines["long"], StringComparison.Ordinal);
        Assert.Equal(1, readings.RootElement.GetProperty("iisRefusals").GetArrayLength());
    }

    [Fact]
    public void ToWire_ShapesAreTooLong_KeepsTheFirstAndCountsTheOthers()
    {
        var report = Report() with { WsusReplies = [.. Enumerable.Range(0, 10).Select(_ => new ReplyShape("Get", 200, 1, [new ElementCount(new string('x', 500_000), 1)]))], MoreWsusReplies = 7 };

        var json = report.ToWire(withReadings: true).Readings;

        using var readings = JsonDocument.Parse(json);
        var replies = readings.RootElement.GetProperty("wsusReplies").EnumerateArray().Select(reply => reply.GetProperty("operation").GetString()).ToList();
        Assert.InRange(json.Length, 1, Most);
        Assert.Equal(["Get", "Get", "Get", "Get", "(and 13 more)"], replies);
    }

    [Fact]
    public void Write_AnswersBeyondThoseThatWereKept_AreCounted()
    {
        var report = Report() with { WsusReplies = [new ReplyShape("Get", 200, 1, [])], MoreWsusReplies = 3 };

        using var readings = JsonDocument.Parse(ReadingsJson.Write(report));

        Assert.Equal(["Get", "(and 3 more)"], readings.RootElement.GetProperty("wsusReplies").EnumerateArray().Select(reply => reply.GetProperty("operation").GetString()));
    }

    [Fact]
    public void ToWire_WithoutReadings_SendsNone() => Assert.Equal("", Report(("short", "kept")).ToWire(withReadings: false).Readings);

    private static DoctorReport Report(params (string Edge, string Reading)[] readings) => new()
    {
        ComputerName = "SUP01",
        AgentVersion = "1.2.3",
        At = new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero),
        Duration = TimeSpan.FromSeconds(4),
        Results = [.. readings.Select(reading => new ProbeResult(ProbeAreas.Iis, reading.Edge, ProbeOutcome.Works("", reading.Reading), TimeSpan.Zero))],
        IisRefusals = [new IisRefusal("state of a pool", "COMException", "0x80070426", "", 1)],
    };
}
