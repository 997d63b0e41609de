using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Repairs;

/// <summary>Takes back, at the start of the agent, what a store that was lost knew and what is kept beside it: what can be undone, and what is to be started again.</summary>
internal sealed class LostStore(Journal journal, UndoFiles undo, OwedStarts owed, TimeProvider timeProvider)
{
    /// <summary>Nothing happens where no store was lost.</summary>
    public void TakeBack()
    {
        owed.TakeBack();
        foreach (var (run, saved) in undo.ReadAll())
        {
            if (journal.Find(run.Id) is { } known)
            {
                if (known is { IsFinal: true, CanUndo: false })
                {
                    undo.Delete(run.Id);
                }

                continue;
            }

            journal.Restore(run.IsFinal ? run : Interrupted(run), saved);
        }
    }

    /// <summary>A run that was going on has failed: how far it came, nobody knows any more.</summary>
    private Repair Interrupted(Repair run) => run with
    {
        State = RepairState.Failed,
        EndedAt = timeProvider.GetUtcNow(),
        Revision = run.Revision + 1,
        Steps =
        [
            .. run.Steps.Select(step => step.State switch
            {
                StepState.Running => step with { State = StepState.Failed, EndedAt = timeProvider.GetUtcNow(), Message = $"{run.ComputerName}: the agent's store was lost in the middle of this repair, so it couldn't go on. Its settings may be in force; Undo restores the old ones.{Owed()}" },
                StepState.Waiting => step with { State = StepState.NotRun },
                _ => step,
            }),
        ],
    };

    /// <returns>A sentence; empty where nothing is owed.</returns>
    private string Owed() => owed.Read() is { Count: > 0 } starts ? $" The agent had stopped {string.Join(", ", starts.Select(start => start.Name))}, and starts again what is stopped." : "";
}
