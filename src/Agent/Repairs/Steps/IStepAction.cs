using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>What a kind of step does.</summary>
/// <remarks>
/// An action may be entered again after the agent was ended in its middle (<see cref="StepContext.IsResumed"/>): it then reads back
/// what is there, and does only what is left. Before each part that cannot be seen afterwards it writes a note.
/// </remarks>
internal interface IStepAction
{
    /// <summary>The kinds that it carries out.</summary>
    IReadOnlyList<StepKind> Kinds { get; }

    /// <summary>Runs the step to its end.</summary>
    /// <exception cref="StepFailedException">It failed; the message says what happened and how things are now.</exception>
    Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken);
}

/// <summary>A step failed.</summary>
internal sealed class StepFailedException(string message, IReadOnlyList<string>? readBack = null, string output = "", Exception? inner = null) : Exception(message, inner)
{
    public StepOutcome Outcome => new() { State = StepState.Failed, Message = Message, ReadBack = readBack ?? [], Output = output };
}
