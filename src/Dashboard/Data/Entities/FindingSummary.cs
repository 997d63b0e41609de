using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>A finding, short.</summary>
public sealed record FindingSummary(string Id, Severity Severity, string Title);
