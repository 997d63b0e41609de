using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Services;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>The steps that act on one service: restart, start where stopped, verify.</summary>
internal sealed class ServiceStep(ServiceActions services, OwedStarts owed, ServerReadings readings, LocalPolicy policy, AgentOptions options, TimeProvider timeProvider) : IStepAction
{
    private const char Separator = '\n';

    public IReadOnlyList<StepKind> Kinds { get; } = [StepKind.RestartService, StepKind.StartServiceIfStopped, StepKind.VerifyService];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (kind, name) = (context.Step.Kind, context.Step.Target);
        var before = await services.ReadAsync(name, cancellationToken);
        if (before.State == ServiceState.NotInstalled)
        {
            return StepOutcome.Skip($"{name} isn't installed on this server.");
        }

        try
        {
            var message = kind switch
            {
                StepKind.RestartService => await RestartAsync(context, before, cancellationToken),
                StepKind.StartServiceIfStopped => await StartIfStoppedAsync(context, before, cancellationToken),
                _ => await VerifyAsync(context, name, cancellationToken),
            };
            return new StepOutcome { Message = message, ReadBack = await ReadBackAsync(context, cancellationToken) };
        }
        catch (EdgeException exception)
        {
            var left = OweStarts(context, isStopping: exception.Failure == ReadFailure.TimedOut) ? $" The agent keeps watching, and starts {string.Join(", ", Restarted(context))} again as soon as they have stopped." : LeftStopped(context);
            throw new StepFailedException($"{readings.ComputerName}: {exception.Message}{left}", await ReadBackAsync(context, cancellationToken), inner: exception);
        }
        catch (OperationCanceledException)
        {
            OweStarts(context, isStopping: true);
            throw;
        }
    }

    /// <summary>A restart that ends before all is stopped has stopped something, or will have: that it is to be started is written down.</summary>
    /// <returns>False where nothing is owed, or where it cannot be written down.</returns>
    private bool OweStarts(StepContext context, bool isStopping)
    {
        var isAmidStops = context.Step.Kind == StepKind.RestartService && context.Note(Notes.Dependents) is not null && context.Note(Notes.Stopped) is null;
        if (!isAmidStops || (!isStopping && Dependents(context).Length == 0))
        {
            return false;
        }

        try
        {
            owed.Add(Restarted(context), $"restart of {context.Step.Target} by repair {context.Run.Id}, requested by {context.Run.RequestedBy}");
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>The services that a restart stops, in the order of their start.</summary>
    private static IEnumerable<string> Restarted(StepContext context) => [context.Step.Target, .. Dependents(context).Reverse()];

    private static string[] Dependents(StepContext context) => (context.Note(Notes.Dependents) ?? "").Split(Separator, StringSplitOptions.RemoveEmptyEntries);

    // The parts in order, each passed over where a note or the state says that it is done: so an interrupted restart goes on where it was.
    private async Task<string> RestartAsync(StepContext context, ServiceStatus before, CancellationToken cancellationToken)
    {
        var name = context.Step.Target;
        var dependents = await ReadDependentsAsync(context, name, cancellationToken);
        if (context.Note(Notes.Stopped) is null)
        {
            foreach (var dependent in dependents)
            {
                await services.StopAsync(dependent, options.ServiceTimeLimit, context.Report, cancellationToken);
            }

            await services.StopAsync(name, options.ServiceTimeLimit, context.Report, cancellationToken);
            context.WriteNoteOrGoOn(Notes.Stopped, timeProvider.GetUtcNow());
        }

        await services.StartAsync(name, options.ServiceTimeLimit, context.Report, cancellationToken);
        foreach (var dependent in dependents.Reverse())
        {
            await services.StartAsync(dependent, options.ServiceTimeLimit, context.Report, cancellationToken);
        }

        context.WriteNoteOrGoOn(Notes.Complete, timeProvider.GetUtcNow());
        var with = dependents.Count == 0 ? "" : $", along with the services that depend on it ({string.Join(", ", dependents)})";
        return before.State == ServiceState.Stopped && !context.IsResumed ? $"{name} was stopped; it was started." : $"{name} was stopped and started{with}.";
    }

    // Read before anything is stopped: afterwards they are stopped, and nobody would know that they were running.
    private async Task<IReadOnlyList<string>> ReadDependentsAsync(StepContext context, string name, CancellationToken cancellationToken)
    {
        if (context.Note(Notes.Dependents) is not null)
        {
            return Dependents(context);
        }

        var dependents = await services.ReadRunningDependentsAsync(name, cancellationToken);
        var inForce = policy.Read(context.Run.PoolName);
        if (dependents.Select(inForce.RefuseService).FirstOrDefault(refusal => refusal is not null) is { } refusal)
        {
            throw new StepFailedException($"{readings.ComputerName}: {name} can't be restarted without the services that depend on it ({string.Join(", ", dependents)}). {refusal}");
        }

        context.WriteNote(Notes.Dependents, string.Join(Separator, dependents));
        return dependents;
    }

    private async Task<string> StartIfStoppedAsync(StepContext context, ServiceStatus before, CancellationToken cancellationToken)
    {
        if (before.State == ServiceState.Running)
        {
            return context.IsResumed ? $"{before.Name} is running; it wasn't started again." : $"{before.Name} was running; nothing was changed.";
        }

        await services.StartAsync(before.Name, options.ServiceTimeLimit, context.Report, cancellationToken);
        return $"{before.Name} was {before.State}; it was started.";
    }

    private async Task<string> VerifyAsync(StepContext context, string name, CancellationToken cancellationToken)
    {
        var status = await services.ReadAsync(name, cancellationToken);
        if (status.State is ServiceState.StartPending or ServiceState.ContinuePending)
        {
            status = await services.WaitForRunningAsync(name, StepTimes.VerifyServiceLimit, context.Report, cancellationToken);
        }

        return status.State == ServiceState.Running
            ? $"{name} is running."
            : throw new StepFailedException(
                $"{readings.ComputerName}: {name} is {status.State} but should be running. This step changes nothing: start the service, or find out who stopped it.", [Line(status)]);
    }

    private async Task<IReadOnlyList<string>> ReadBackAsync(StepContext context, CancellationToken cancellationToken)
    {
        string[] names = [context.Step.Target, .. Dependents(context)];
        var lines = new List<string>();
        foreach (var name in names)
        {
            lines.Add(Line(await services.ReadAsync(name, cancellationToken)));
        }

        await readings.RefreshAsync(cancellationToken, SectionNames.Services);
        return lines;
    }

    private static string Line(ServiceStatus status) => status.Account.Length == 0 ? $"{status.Name}: {status.State}" : $"{status.Name}: {status.State}, logs on as {status.Account}";

    private static string LeftStopped(StepContext context) =>
        context.Note(Notes.Dependents) is { Length: > 0 } dependents && context.Note(Notes.Complete) is null
            ? $" These services depend on it and may be left stopped: {dependents.Replace(Separator.ToString(), ", ", StringComparison.Ordinal)}."
            : "";

    private static class Notes
    {
        public const string Dependents = "dependents";
        public const string Stopped = "stopped";
        public const string Complete = "complete";
    }
}
