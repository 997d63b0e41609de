using System.Globalization;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Cli.Repairs;

/// <summary>A plan on a terminal.</summary>
internal static class PlanText
{
    public static async Task WriteAsync(TextWriter output, Plan plan)
    {
        var baseline = plan.Baseline.Length == 0 ? "" : $", baseline {plan.Baseline}";
        await output.WriteLineAsync($"Plan for {plan.ComputerName}: {plan.Playbook}{baseline}, about {Wording.Duration(plan.ExpectedDuration)}");
        await output.WriteLineAsync();
        foreach (var step in plan.Steps)
        {
            var skipped = step.WillBeSkipped ? " (skipped)" : "";
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{step.Number,3}  {step.Title}{skipped}"));
            await output.WriteLineAsync($"     {step.Detail}");
        }

        await WriteChangesAsync(output, plan.Changes);
        await WriteDeviationsAsync(output, plan.Deviations);
        await WriteListAsync(output, "Interrupted during the repair", plan.Interruptions);
        await WriteListAsync(output, "Warnings", plan.Warnings);
        if (plan.Refusal.Length > 0)
        {
            await WriteListAsync(output, "Refused", [plan.Refusal]);
        }
    }

    public static async Task WriteChangesAsync(TextWriter output, IReadOnlyList<SettingChange> changes)
    {
        if (changes.Count == 0)
        {
            return;
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync("Settings, before → after");
        foreach (var change in changes)
        {
            await output.WriteLineAsync(
                $"  {SettingText.Label(change.Setting)}: {SettingText.Describe(change.Setting, change.Before)} → {SettingText.Describe(change.Setting, change.After)}");
            await output.WriteLineAsync($"      {change.Reason} ({change.Source})");
        }
    }

    private static async Task WriteDeviationsAsync(TextWriter output, IReadOnlyList<SettingDeviation> deviations)
    {
        if (deviations.Count == 0)
        {
            return;
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync(deviations[0].IsIncluded
            ? "Included although they aren't safe on this server"
            : "Different from the baseline, because its values aren't safe on this server; --include-risky plans them anyway");
        foreach (var deviation in deviations)
        {
            var wanted = deviation.Wanted.Length == 0 ? "says nothing" : $"asks for {SettingText.Describe(deviation.Setting, deviation.Wanted)}";
            await output.WriteLineAsync($"  {SettingText.Label(deviation.Setting)}: the baseline {wanted}; planned: {SettingText.Describe(deviation.Setting, deviation.Planned)}");
            await output.WriteLineAsync($"      {deviation.Reason} ({deviation.Source})");
        }
    }

    private static async Task WriteListAsync(TextWriter output, string title, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync(title);
        foreach (var line in lines)
        {
            await output.WriteLineAsync($"  {line}");
        }
    }
}
