using Microsoft.Data.Sqlite;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Agent.Remediation;

/// <summary>The run that goes on: its newest state in memory, and the only way to change it.</summary>
/// <remarks>
/// The worker changes steps, any request may ask for a stop. Every change raises the revision; every write to the journal happens
/// under the same lock as the change before it, so that an older state never overwrites a newer one.
/// </remarks>
internal sealed class ActiveRun(RemediationRun run, Journal journal)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Number, string Name), string> _notes = new(journal.ReadNotes(run.Id));
    private RemediationRun _run = run;

    public RemediationRun Run
    {
        get
        {
            lock (_gate)
            {
                return _run;
            }
        }
    }

    /// <summary>Changes the run in memory.</summary>
    public RemediationRun Change(Func<RemediationRun, RemediationRun> change)
    {
        lock (_gate)
        {
            return _run = change(_run) with { Revision = _run.Revision + 1 };
        }
    }

    /// <summary>Changes one step in memory.</summary>
    public RemediationRun ChangeStep(int number, Func<RunStep, RunStep> change) => Change(run => run with
    {
        Steps = [.. run.Steps.Select(step => step.Number == number ? change(step) : step)],
    });

    /// <summary>Writes the newest state.</summary>
    public RemediationRun Write(Action<Journal, RemediationRun> write)
    {
        lock (_gate)
        {
            write(journal, _run);
            return _run;
        }
    }

    public string? Note(int number, string name)
    {
        lock (_gate)
        {
            return _notes.GetValueOrDefault((number, name));
        }
    }

    /// <summary>Journals a note; it is there for a resumed step.</summary>
    public void WriteNote(int number, string name, string value)
    {
        lock (_gate)
        {
            journal.WriteNote(_run.Id, number, name, value);
            _notes[(number, name)] = value;
        }
    }

    /// <summary>
    /// Journals a note where the disk takes it, and keeps it in memory where not: for what comes after a stop, when not going on
    /// would be worse than a part that a resumed step does again.
    /// </summary>
    public void WriteNoteOrGoOn(int number, string name, string value)
    {
        try
        {
            WriteNote(number, name, value);
        }
        catch (SqliteException)
        {
            lock (_gate)
            {
                _notes[(number, name)] = value;
            }
        }
    }

    public void SaveSettings(SavedSettings saved)
    {
        lock (_gate)
        {
            journal.SaveSettings(_run.Id, saved);
        }
    }

    public SavedSettings? FindSettings(string runId) => journal.FindSettings(runId);
}
