using System.Globalization;
using Microsoft.Data.Sqlite;

namespace WsusDashboard.Agent.Repairs;

/// <summary>The notes that the steps of one run leave for themselves, for a resumed step and for later ones.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class StepNotes(Journal journal, string repairId)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Number, string Name), string> _notes = new(journal.ReadNotes(repairId));

    public string? Read(int number, string name)
    {
        lock (_gate)
        {
            return _notes.GetValueOrDefault((number, name));
        }
    }

    /// <summary>Journals a note; it is there for a resumed step.</summary>
    /// <exception cref="SqliteException">The journal cannot be written.</exception>
    public void Write(int number, string name, string value)
    {
        lock (_gate)
        {
            journal.WriteNote(repairId, number, name, value);
            _notes[(number, name)] = value;
        }
    }

    /// <summary>Journals the moment, for <see cref="Since"/>.</summary>
    /// <exception cref="SqliteException">The journal cannot be written.</exception>
    public void WriteMoment(int number, string name) => Write(number, name, journal.ReadPassed().Ticks.ToString(CultureInfo.InvariantCulture));

    /// <summary>What has passed since a moment that was journaled, whatever the server's clock was set to; zero where there is none, or the journal cannot be read.</summary>
    public TimeSpan Since(int number, string name)
    {
        try
        {
            return long.TryParse(Read(number, name), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? journal.ReadPassed() - new TimeSpan(ticks) : TimeSpan.Zero;
        }
        catch (SqliteException)
        {
            return TimeSpan.Zero;
        }
    }

    /// <summary>
    /// Journals a note where the disk takes it, and keeps it in memory where not: for what comes after a stop, when not going on
    /// would be worse than a part that a resumed step does again.
    /// </summary>
    public void WriteOrGoOn(int number, string name, string value)
    {
        try
        {
            Write(number, name, value);
        }
        catch (SqliteException)
        {
            lock (_gate)
            {
                _notes[(number, name)] = value;
            }
        }
    }
}
