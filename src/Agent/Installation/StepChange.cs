namespace WsusDashboard.Agent.Installation;

/// <summary>What a step did.</summary>
/// <param name="Said">For a person.</param>
/// <param name="UndoAsync">Takes the server back to where the step found it; null where the step changed nothing, or cannot be undone.</param>
internal sealed record StepChange(string Said, Func<Task>? UndoAsync = null)
{
    /// <summary>True where the server was not yet as the step wants it.</summary>
    public bool HasChanged => UndoAsync is not null;

    public static StepChange Nothing { get; } = new("already done");

    public static StepChange With(string said, Action undo) => new(said, () =>
    {
        undo();
        return Task.CompletedTask;
    });
}
