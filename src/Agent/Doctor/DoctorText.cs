using System.Globalization;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor;

/// <summary>An examination on a terminal: a line an edge, and below it what to do where something is to be done. Where the running agent examined too, its state stands beside.</summary>
internal static class DoctorText
{
    private const int StateWidth = 15;
    private const int EdgeWidth = 34;

    /// <param name="report">With the account of whoever asked.</param>
    /// <param name="service">With the account of the service; null where it was not asked.</param>
    public static IEnumerable<string> Lines(DoctorReport report, ServiceExamination? service = null)
    {
        yield return $"{report.ComputerName}: everything the agent depends on, tested without changes. Agent {report.AgentVersion}, {Wording.Time(report.At)}.";
        if (service?.Report is { } answered)
        {
            yield return $"Tested twice. Left: as {report.Account}, by this command. Right: as {answered.Account}, by the running agent; that's what counts for it.";
        }
        else if (service is not null)
        {
            yield return $"Tested as {report.Account} only, which says little about the service's account: {OneLine(service.Problem)}";
        }

        foreach (var area in Pair(report, service?.Report).GroupBy(pair => pair.Area))
        {
            yield return "";
            yield return area.Key;
            foreach (var line in area.SelectMany(pair => Lines(pair, isTwice: service?.Report is not null)))
            {
                yield return line;
            }
        }

        yield return "";
        yield return Sum(service?.Report ?? report);
    }

    public static string Word(ProbeState state) => state switch
    {
        ProbeState.Works => "works",
        ProbeState.NotInstalled => "not installed",
        ProbeState.Attention => "attention",
        _ => "refused",
    };

    /// <summary>The edges of both, in the order of the first; one that only the service has comes last.</summary>
    private static IEnumerable<EdgePair> Pair(DoctorReport report, DoctorReport? service)
    {
        var left = (service?.Results ?? []).ToList();
        foreach (var own in report.Results)
        {
            var other = left.Find(result => result.Area == own.Area && result.Edge == own.Edge);
            left.Remove(other!);
            yield return new(own.Area, own.Edge, own.Outcome, other?.Outcome);
        }

        foreach (var other in left)
        {
            yield return new(other.Area, other.Edge, null, other.Outcome);
        }
    }

    private static IEnumerable<string> Lines(EdgePair pair, bool isTwice)
    {
        var counts = pair.Service ?? pair.Own!;
        var states = isTwice ? $"{Word(pair.Own),-StateWidth}{Word(pair.Service),-StateWidth}" : $"{Word(pair.Own),-StateWidth}";
        var indent = new string(' ', states.Length + EdgeWidth + 3);
        yield return $"  {states}{pair.Edge,-EdgeWidth} {OneLine(counts.Summary)}";
        if (counts.Advice.Length > 0)
        {
            yield return $"{indent}What to do: {OneLine(counts.Advice)}";
        }

        if (pair is { Own: { } own, Service: { } service } && own.State != service.State)
        {
            yield return $"{indent}With your account: {OneLine(own.Summary)}{(own.Advice.Length > 0 && service.Advice.Length == 0 ? $" {OneLine(own.Advice)}" : "")}";
        }
    }

    private static string Word(ProbeOutcome? outcome) => outcome is null ? "not tested" : Word(outcome.State);

    private static string Sum(DoctorReport report)
    {
        var counts = Enum.GetValues<ProbeState>().Select(state => string.Create(CultureInfo.InvariantCulture, $"{Word(state)}: {report.Count(state)}"));
        return $"{string.Join(", ", counts)}. It took {Wording.Duration(report.Duration)}.";
    }

    // A raw error may hold line breaks, and a line an edge is what a script reads.
    private static string OneLine(string text) => string.Join(' ', text.Split((char[])['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private sealed record EdgePair(string Area, string Edge, ProbeOutcome? Own, ProbeOutcome? Service);
}
