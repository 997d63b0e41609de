using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Live;

/// <summary>A problem that a server has now, as its row, its page and the API show it. Problems that are suspected or resolved are not among these.</summary>
/// <param name="Id">Of the problem; other servers may be under the same one.</param>
/// <param name="CauseId">Id of the cause on this server.</param>
/// <param name="Title">The cause in a few words.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="State">How far it is.</param>
/// <param name="Since">UTC time since which it is so on the server.</param>
/// <param name="RepairId">The repair that goes on against it, or was the last one that did; null where none was.</param>
/// <param name="IsFlapping">It comes and goes.</param>
/// <param name="Kind">What it has in common with other servers.</param>
public sealed record ServerProblem(long Id, string CauseId, string Title, Severity Severity, ProblemState State, DateTimeOffset Since, string? RepairId, bool IsFlapping, ProblemKind Kind);
