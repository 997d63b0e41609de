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
            throw new StepFailedException(
                $"{readings.ComputerName}: {exception.Message}{WhatFollows(context, isStopping: exception.Failure == ReadFailure.TimedOut)}", await ReadBackAsync(context, cancellationToken), inner: exception);
        }
    }

    /// <summary>What a restart that failed has stopped, or will have, is started later.</summary>
    private static string WhatFollows(StepContext context, bool isStopping)
    {
        if (context.Step.Kind != StepKind.RestartService || context.Note(Notes.Dependents) is null || context.Note(Notes.Complete) is not null)
        {
            return "";
        }

        var names = string.Join(", ", Restarted(context));
        return context.Note(Notes.Stopped) is not null ? $" The agent tries once more to start {names}."
            : isStopping || Dependents(context).Length > 0 ? $" The agent keeps watching, and starts {names} again as soon as they have stopped."
            : "";
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
            // Before the first stop, and until all run again: whatever ends this in between, they are started.
            owed.Add(OwedKind.Service, Restarted(context), $"restart of {name} by repair {context.Run.Id}, requested by {context.Run.RequestedBy}");
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
        owed.ForgetOrGoOn(OwedKind.Service, Restarted(context));
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

    private static class Notes
    {
        public const string Dependents = "dependents";
        public const string Stopped = "stopped";
        public const string Complete = "complete";
    }
}
