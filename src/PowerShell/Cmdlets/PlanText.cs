using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>A plan in lines, for -WhatIf and for the question before a repair.</summary>
internal static class PlanText
{
    public static string Of(WsdRepairPlan plan)
    {
        var lines = new List<string> { $"{plan.Playbook} on {plan.ServerName}{(plan.ExpectedDuration is { } duration ? $", about {Math.Max(1, Math.Round(duration.TotalMinutes))} min" : "")}:" };
        lines.AddRange(plan.Steps.Select(step => $"  {step.Number}. {step.Title}{(step.WillBeSkipped ? " (not needed)" : "")}"));
        lines.AddRange(plan.Changes.Select(change => $"  {change}"));
        lines.AddRange(plan.Deviations.Select(deviation => deviation.IsIncluded ? $"  Risky, and included: {deviation.Setting} = {deviation.Wanted}. {deviation.Reason}" : $"  {deviation}: {deviation.Reason}"));
        lines.AddRange(plan.Interruptions.Select(interruption => $"  Interrupts: {interruption}"));
        lines.AddRange(plan.Warnings.Select(warning => $"  Warning: {warning}"));
        if (plan.Refusal.Length > 0)
        {
            lines.Add($"  Can't be started now: {plan.Refusal}");
        }

        return string.Join("\n", lines);
    }
}
