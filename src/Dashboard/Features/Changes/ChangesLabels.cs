using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Changes;

/// <summary>What changed, in one sentence.</summary>
public static class ChangesLabels
{
    /// <summary>"3 servers began to fail, 2 recovered, 4 settings changed. 5 servers still fail from before."</summary>
    public static string Answer(ChangesSince changes)
    {
        string[] parts =
        [
            Part(changes.NewFailures.Count, "server began to fail", "servers began to fail"),
            Part(changes.Silent.Count, "server stopped answering", "servers stopped answering"),
            Part(Problems(changes.NewProblems), "new problem", "new problems"),
            Part(changes.Recovered.Count, "server recovered", "servers recovered"),
            Part(Problems(changes.ResolvedProblems), "problem resolved", "problems resolved"),
            Part(changes.Drifted.Count, "setting changed", "settings changed"),
            Part(changes.Repairs.Count(repair => repair.UndoOf.Length == 0), "repair ended", "repairs ended"),
            Part(changes.Repairs.Count(repair => repair.UndoOf.Length > 0), "undo ended", "undos ended"),
        ];
        var said = parts.Where(part => part.Length > 0).ToList();
        var still = changes.StillFailing > 0 ? $" {Wording.Count(changes.StillFailing, "server")} still {(changes.StillFailing == 1 ? "fails" : "fail")} from before." : "";
        return $"{(said.Count == 0 ? "Nothing changed" : string.Join(", ", said))}.{still}";
    }

    /// <summary>Servers with one cause count as one.</summary>
    private static int Problems(IReadOnlyList<ChangedProblem> problems) => problems.Select(problem => problem.CauseId).Distinct(StringComparer.Ordinal).Count();

    private static string Part(int count, string one, string many) => count == 0 ? "" : Wording.Count(count, one, many);
}
