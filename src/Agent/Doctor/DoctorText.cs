using System.Globalization;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor;

/// <summary>An examination on a terminal: a line an edge, and below it what to do where something is to be done.</summary>
internal static class DoctorText
{
    private const int StateWidth = 15;
    private const int EdgeWidth = 34;

    public static IEnumerable<string> Lines(DoctorReport report)
    {
        yield return $"{report.ComputerName}: everything the agent depends on, tested without changes. Agent {report.AgentVersion}, {Wording.Time(report.At)}.";
        foreach (var area in report.Results.GroupBy(result => result.Area))
        {
            yield return "";
            yield return area.Key;
            foreach (var line in area.SelectMany(Lines))
            {
                yield return line;
            }
        }

        yield return "";
        yield return Sum(report);
    }

    public static string Word(ProbeState state) => state switch
    {
        ProbeState.Works => "works",
        ProbeState.NotInstalled => "not installed",
        ProbeState.Attention => "attention",
        _ => "refused",
    };

    private static IEnumerable<string> Lines(ProbeResult result)
    {
        yield return $"  {Word(result.Outcome.State),-StateWidth}{result.Edge,-EdgeWidth} {OneLine(result.Outcome.Summary)}";
        if (result.Outcome.Advice.Length > 0)
        {
            yield return $"  {"",-StateWidth}{"",-EdgeWidth} What to do: {OneLine(result.Outcome.Advice)}";
        }
    }

    private static string Sum(DoctorReport report)
    {
        var counts = Enum.GetValues<ProbeState>().Select(state => string.Create(CultureInfo.InvariantCulture, $"{Word(state)}: {report.Count(state)}"));
        return $"{string.Join(", ", counts)}. It took {Wording.Duration(report.Duration)}.";
    }

    // A raw error may hold line breaks, and a line an edge is what a script reads.
    private static string OneLine(string text) => string.Join(' ', text.Split((char[])['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
