using System.Globalization;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Tests.PublicCases;

namespace WsusDashboard.Benchmarks.Diagnosis;

/// <summary>The results as tables. What stands in brackets is the 95 % interval after Wilson.</summary>
internal static class DiagnosisTables
{
    public static async Task WriteAccuracyAsync(IReadOnlyList<(string Name, CaseScore Score)> sets, TextWriter output)
    {
        await output.WriteLineAsync("| set | right | named where named | certain, right | likely, right | unknown |");
        await output.WriteLineAsync("| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var (name, score) in sets)
        {
            var unknown = score.Answers.Count(answer => answer.IsUnknown);
            await output.WriteLineAsync($"| {name} | {Wilson.Describe(score.Right, score.Count)} | {Wilson.Describe(score.NamedRight, score.Named)} | {Wilson.Describe(score.CertainRight, score.Certain)} | {Wilson.Describe(score.LikelyRight, score.Likely)} | {unknown} |");
        }
    }

    public static Task WriteCausesAsync(string name, CaseScore score, TextWriter output) => WriteGroupsAsync($"{name}, by cause", score, answer => answer.Wanted, output);

    public static Task WriteLanguagesAsync(string name, CaseScore score, TextWriter output) => WriteGroupsAsync($"{name}, by language", score, answer => answer.Language, output);

    /// <summary>Which cause was taken for which; only pairs that happened.</summary>
    public static async Task WriteConfusionAsync(string name, CaseScore score, TextWriter output)
    {
        await output.WriteLineAsync();
        await output.WriteLineAsync($"| {name}: the cause | was taken for | cases | certain |");
        await output.WriteLineAsync("| --- | --- | ---: | ---: |");
        foreach (var pair in score.Answers.Where(answer => !answer.IsRight).GroupBy(answer => (answer.Wanted, answer.Given)).OrderByDescending(pair => pair.Count()).ThenBy(pair => pair.Key.Wanted, StringComparer.Ordinal))
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| {pair.Key.Wanted} | {pair.Key.Given} | {pair.Count()} | {pair.Count(answer => answer.Confidence is CauseConfidence.Certain)} |"));
        }
    }

    /// <summary>The wrong ones, case by case: of the part for work only.</summary>
    public static async Task WriteWrongAsync(CaseScore work, TextWriter output)
    {
        await output.WriteLineAsync();
        foreach (var answer in work.Answers.Where(answer => !answer.IsRight || (answer.IsNamed && answer.IsUnknown)))
        {
            await output.WriteLineAsync($"{answer.Id} ({answer.Language}): {answer.Wanted} was taken for {answer.Given}, {answer.Confidence}");
        }
    }

    private static async Task WriteGroupsAsync(string title, CaseScore score, Func<CaseAnswer, string> key, TextWriter output)
    {
        await output.WriteLineAsync();
        await output.WriteLineAsync($"| {title} | right |");
        await output.WriteLineAsync("| --- | ---: |");
        foreach (var group in score.Answers.GroupBy(key).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal))
        {
            await output.WriteLineAsync($"| {group.Key} | {Wilson.Describe(group.Count(answer => answer.IsRight), group.Count())} |");
        }
    }
}
