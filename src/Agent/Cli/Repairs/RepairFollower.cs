using System.Globalization;
using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Text;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Cli.Repairs;

/// <summary>Follows a run to its end. The run belongs to the agent: it goes on when this command ends or loses the connection.</summary>
internal sealed class RepairFollower(AgentClient agent, CommandConsole console, bool isJson)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenMessages = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, (StepState State, string Message)> _shown = [];
    private long? _lastMessageAt;
    private Deadline? _silence;

    /// <returns>The exit code.</returns>
    public async Task<int> FollowAsync(Wire.Repair started, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var latest = started;
        var interrupt = console.WaitForInterruptAsync(ending.Token);
        try
        {
            while (true)
            {
                await ShowAsync(latest.ToDomain());
                if (latest.ToDomain().IsFinal)
                {
                    return await ConcludeAsync(latest);
                }

                var pause = Task.Delay(Pause, console.TimeProvider, ending.Token);
                if (await Task.WhenAny(pause, interrupt) == interrupt)
                {
                    await interrupt;
                    interrupt = console.WaitForInterruptAsync(ending.Token);
                    if (!await AskToStopAsync(latest, interrupt, cancellationToken))
                    {
                        return ExitCodes.NotDone;
                    }
                }

                await pause;
                latest = await ReadAsync(latest, cancellationToken);
            }
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    private async Task<Wire.Repair> ReadAsync(Wire.Repair latest, CancellationToken cancellationToken)
    {
        try
        {
            var run = await agent.GetAsync(latest.Id, cancellationToken);
            if (_silence is not null)
            {
                _silence = null;
                await console.Error.WriteLineAsync("The agent is answering again.");
            }

            return run;
        }
        catch (AgentSilentException exception)
        {
            if (_silence is not { } silence)
            {
                _silence = silence = Deadline.After(SilenceLimit, console.TimeProvider);
                await console.Error.WriteLineAsync("The agent isn't answering. The repair continues on the server, or resumes when the agent starts again. Retrying.");
            }

            return !silence.IsOver
                ? latest
                : throw new CliFailure($"The agent hasn't answered for {Wording.Duration(SilenceLimit)}, so it isn't known how repair {latest.Id} ended. {exception.Message}", exception);
        }
    }

    // False: the person leaves, and the repair goes on.
    private async Task<bool> AskToStopAsync(Wire.Repair run, Task nextInterrupt, CancellationToken cancellationToken)
    {
        await console.Error.WriteLineAsync("The repair runs in the agent and continues when this command ends.");
        if (!console.IsInteractive)
        {
            await console.Error.WriteLineAsync($"The repair is still running ({run.Id}).");
            return false;
        }

        await console.Error.WriteAsync("Stop it after the current step? [y = stop it, n = leave it running, Enter = keep watching] ");
        await console.Error.FlushAsync(cancellationToken);
        var answer = console.In.ReadLineAsync(cancellationToken).AsTask();
        if (await Task.WhenAny(answer, nextInterrupt) == nextInterrupt)
        {
            await console.Error.WriteLineAsync($"The repair is still running ({run.Id}).");
            return false;
        }

        var text = await answer;
        if (Question.IsYes(text))
        {
            await agent.CancelAsync(run.Id, $"{console.UserName} (command line)", cancellationToken);
            await console.Error.WriteLineAsync("It will stop after the current step.");
            return true;
        }

        if (string.IsNullOrWhiteSpace(text) && text is not null)
        {
            return true;
        }

        await console.Error.WriteLineAsync($"The repair is still running ({run.Id}).");
        return false;
    }

    private async Task ShowAsync(Repair run)
    {
        if (isJson)
        {
            return;
        }

        foreach (var step in run.Steps)
        {
            var (state, message) = _shown.GetValueOrDefault(step.Number);
            if (state != step.State)
            {
                _shown[step.Number] = (step.State, step.Message);
                await ShowStepAsync(step);
            }
            else if (step.State == StepState.Running && message != step.Message && (_lastMessageAt is not { } at || console.TimeProvider.GetElapsedTime(at) >= BetweenMessages))
            {
                _lastMessageAt = console.TimeProvider.GetTimestamp();
                _shown[step.Number] = (step.State, step.Message);
                await console.Out.WriteLineAsync($"       {Elapsed(step)}: {step.Message}");
            }
        }
    }

    private async Task ShowStepAsync(RepairStep step)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{step.Number,3}  {step.Title}: ") + step.State switch
        {
            StepState.Running => "running",
            StepState.Done => $"done after {Elapsed(step)}. {step.Message}",
            StepState.Failed => $"FAILED after {Elapsed(step)}. {step.Message}",
            StepState.Skipped => $"skipped. {step.Message}",
            StepState.NotRun => "not run",
            _ => "waiting",
        };
        await console.Out.WriteLineAsync(line.TrimEnd());
        foreach (var readBack in step.State is StepState.Done or StepState.Failed ? step.ReadBack : [])
        {
            await console.Out.WriteLineAsync($"       read back: {readBack}");
        }
    }

    private async Task<int> ConcludeAsync(Wire.Repair wire)
    {
        var run = wire.ToDomain();
        if (isJson)
        {
            await JsonOutput.WriteMessageAsync(console, wire);
        }
        else
        {
            await console.Out.WriteLineAsync();
            await console.Out.WriteLineAsync(Sentence(run));
            if (run is { CanUndo: true, UndoOf: "" })
            {
                await console.Out.WriteLineAsync($"To restore the settings: {CommandConsole.ProgramName} undo {run.Id}");
            }
        }

        return run.State == RepairState.Succeeded ? ExitCodes.Good : ExitCodes.Bad;
    }

    private static string Sentence(Repair run) => run switch
    {
        { State: RepairState.RolledBack } => $"{run.ComputerName}: rolled back. {run.Sentence}",
        { State: RepairState.NotProven } => $"{run.ComputerName}: not proven. {run.Sentence}",
        { Sentence: { Length: > 0 } sentence } => sentence,
        { State: RepairState.Succeeded, UndoOf.Length: > 0 } => run.Steps[^1].Message,
        { State: RepairState.Succeeded } => $"{run.ComputerName}: all steps are done.",
        { State: RepairState.Cancelled, Approval.Decision: { Length: > 0 } decision } when run.Steps.All(step => step.State == StepState.NotRun) => $"{run.ComputerName}: {decision}",
        { State: RepairState.Cancelled } => $"{run.ComputerName}: stopped between two steps, as requested. What was already done stays.",
        _ => $"{run.ComputerName}: the repair failed.",
    };

    private string Elapsed(RepairStep step) => Wording.Duration((step.EndedAt ?? console.TimeProvider.GetUtcNow()) - (step.StartedAt ?? console.TimeProvider.GetUtcNow()));
}
