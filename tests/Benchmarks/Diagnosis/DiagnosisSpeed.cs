using System.Diagnostics;
using System.Globalization;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Tests.PublicCases;

namespace WsusDashboard.Benchmarks.Diagnosis;

/// <summary>How long one assessment of a server takes, with the lines of a failed sync and without: the dashboard makes one at every change.</summary>
internal static class DiagnosisSpeed
{
    private const int Rounds = 200;

    public static async Task WriteAsync(IReadOnlyList<PublicCase> cases, TextWriter output, CancellationToken cancellationToken)
    {
        if (cases.Count == 0)
        {
            return;
        }

        var full = cases.Select(item => item.ToObservation()).ToList();
        var bare = cases.Select(item => item.ToObservation() with { Evidence = [] }).ToList();
        _ = Median(full, cancellationToken);
        var withLines = Median(full, cancellationToken);
        var withoutLines = Median(bare, cancellationToken);
        await output.WriteLineAsync();
        await output.WriteLineAsync("| one assessment, median | µs |");
        await output.WriteLineAsync("| --- | ---: |");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| with the lines of the run | {withLines:F0} |"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| without lines | {withoutLines:F0} |"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| ratio | {withLines / withoutLines:F1} |"));
    }

    private static double Median(List<Observation> observations, CancellationToken cancellationToken)
    {
        var times = new List<double>(Rounds * observations.Count);
        for (var round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var observation in observations)
            {
                var begun = Stopwatch.GetTimestamp();
                _ = RuleEngine.Assess(observation);
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
            }
        }

        times.Sort();

        return times[times.Count / 2];
    }
}
