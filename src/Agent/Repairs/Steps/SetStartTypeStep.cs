using WsusDashboard.Agent.Services;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>
/// Gives a service the startup type that the run's changes say; in an undo, the one that it had. It is changed only while it is what the
/// changes were made for: what somebody else set since is theirs. After an interruption the type in force tells whether it was set.
/// </summary>
internal sealed class SetStartTypeStep(ServiceActions services, ServerReadings readings) : IStepAction
{
    public IReadOnlyList<StepKind> Kinds { get; } = [StepKind.SetStartType];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (run, name) = (context.Run, context.Step.Target);
        var status = await services.ReadAsync(name, cancellationToken);
        if (status.State == ServiceState.NotInstalled)
        {
            return StepOutcome.Skip($"{name} isn't installed on this server.");
        }

        if (run.Changes.FirstOrDefault(change => ServiceSettings.FindService(change.Setting) == name) is not { } change)
        {
            return StepOutcome.Skip($"{name} wasn't Disabled when this repair was planned; its startup type stays {status.StartType}.");
        }

        if (Is(status, change.After))
        {
            return new StepOutcome { Message = context.IsResumed ? "Set before the agent restarted; not set again." : $"The startup type of {name} already was {status.StartType}.", ReadBack = [Line(status)] };
        }

        if (!Is(status, change.Before))
        {
            return StepOutcome.Skip($"The startup type of {name} is {status.StartType}: changed by someone else in the meantime, left as it is.");
        }

        return await SetAsync(context, change, cancellationToken);
    }

    private async Task<StepOutcome> SetAsync(StepContext context, SettingChange change, CancellationToken cancellationToken)
    {
        var name = context.Step.Target;
        var isUndo = context.Run.UndoOf.Length > 0;
        if (!isUndo)
        {
            // Before the change, not after it: if the agent ends in between, Undo must still know of it.
            context.SetCanUndo(true);
        }

        try
        {
            var status = await services.SetStartTypeAsync(name, Parse(change.After), cancellationToken);
            await readings.RefreshAsync(cancellationToken, SectionNames.Services);
            return new StepOutcome { Message = $"The startup type of {name} was {change.Before}; it was set to {status.StartType}.", ReadBack = [Line(status)] };
        }
        catch (EdgeException exception)
        {
            var now = await services.ReadAsync(name, cancellationToken);

            // What was refused has changed nothing; what an earlier step set can still be undone.
            if (!isUndo && Is(now, change.Before) && !context.Run.Steps.Any(step => step is { Kind: StepKind.SetStartType, State: StepState.Done }))
            {
                context.SetCanUndo(false);
            }

            throw new StepFailedException($"{readings.ComputerName}: {exception.Message}", [Line(now)], inner: exception);
        }
    }

    private static bool Is(ServiceStatus status, string startType) => ServiceSettings.IsStartType(status.StartType, Parse(startType));

    private static ServiceStartType Parse(string startType) => Enum.TryParse<ServiceStartType>(startType, out var parsed) ? parsed : ServiceStartType.Unknown;

    private static string Line(ServiceStatus status) => $"{status.Name}: startup type {status.StartType}, {status.State}";
}
