using System.Globalization;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>What a step sees of its run.</summary>
internal sealed class StepContext(RepairSession session, int number, bool isResumed)
{
    public Repair Run => session.Run;

    public RepairStep Step => Run.Steps.First(step => step.Number == number);

    /// <summary>True where the agent was ended in the middle of this step.</summary>
    public bool IsResumed { get; } = isResumed;

    public bool IsCancelRequested => Run.CancelRequested;

    /// <summary>Tells what goes on.</summary>
    public void Report(string message) => session.Report(number, message);

    public string? Note(string name) => session.Notes.Read(number, name);

    /// <summary>A note that another step of this run left.</summary>
    public string? NoteOf(StepKind kind, string name) =>
        Run.Steps.FirstOrDefault(step => step.Kind == kind) is { } step ? session.Notes.Read(step.Number, name) : null;

    /// <summary>A note that holds ids with spaces between them; empty where there is none.</summary>
    public static IReadOnlySet<string> ParseIds(string? note) => (note ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet();

    public void WriteNote(string name, string value) => session.Notes.Write(number, name, value);

    public void WriteNote(string name, DateTimeOffset at) => WriteNote(name, at.ToString("O", CultureInfo.InvariantCulture));

    /// <inheritdoc cref="StepNotes.WriteMoment"/>
    public void WriteMoment(string name) => session.Notes.WriteMoment(number, name);

    /// <inheritdoc cref="StepNotes.Since"/>
    public TimeSpan SinceMomentOf(StepKind kind, string name) =>
        Run.Steps.FirstOrDefault(step => step.Kind == kind) is { } step ? session.Notes.Since(step.Number, name) : TimeSpan.Zero;

    /// <summary>For a note after something was stopped or asked for: a full disk must not keep the step from going on.</summary>
    public void WriteNoteOrGoOn(string name, DateTimeOffset at) => session.Notes.WriteOrGoOn(number, name, at.ToString("O", CultureInfo.InvariantCulture));

    public void SaveSettings(SavedSettings saved) => session.SaveSettings(saved);

    public SavedSettings? FindSettings(string repairId) => session.FindSettings(repairId);

    public void SetTrial(Trial trial) => session.SetTrial(trial);

    /// <inheritdoc cref="RepairSession.EndTrial"/>
    public Trial EndTrial(Trial decided) => session.EndTrial(decided);

    /// <summary>The saved settings are in force again: Undo has nothing left to do.</summary>
    public void WithdrawUndo() => session.WithdrawUndo();

    /// <summary>Whether Undo has something to restore; journaled at once, before the settings are changed.</summary>
    public void SetCanUndo(bool canUndo) => session.SetCanUndo(canUndo);

    public static DateTimeOffset? ParseTime(string? note) =>
        DateTimeOffset.TryParse(note, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? at : null;

    public static long? ParseNumber(string? note) => long.TryParse(note, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
