using Google.Protobuf;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Commands;

/// <summary>What one direct command does.</summary>
/// <param name="What">For a person.</param>
/// <param name="Refusal">Why the local policy refuses it; null where it does not.</param>
/// <param name="Limit">For all of it.</param>
/// <param name="Section">Read again at its end.</param>
/// <param name="CarryOutAsync">Does it, and answers as the contract says.</param>
internal sealed record DirectCommand(string What, string? Refusal, TimeSpan Limit, string Section, Func<CancellationToken, Task<IMessage>> CarryOutAsync);

/// <summary>Runs one direct command: policy, change lock, deadline, reading back, and one way to say what went wrong.</summary>
internal sealed class DirectCommandRunner(ChangeLock changeLock, IServerAccess server, TimeProvider timeProvider)
{
    /// <exception cref="CommandException">Refused, Conflict, Unavailable.</exception>
    public async Task<IMessage> RunAsync(DirectCommand command, CommandOrigin origin, CancellationToken cancellationToken)
    {
        await changeLock.WhenSettled.WaitAsync(cancellationToken);
        var computerName = server.Current.Agent.ComputerName;
        if (command.Refusal is { } refusal)
        {
            throw new CommandException(CommandFailure.Refused, $"{computerName}: {refusal}");
        }

        var occupation = await EnterAsync($"{command.What} is in progress", computerName, origin, cancellationToken);
        try
        {
            origin.Begin();
        }
        catch
        {
            occupation.Dispose();
            throw;
        }

        // A caller who hangs up does not leave a service stopped: the command goes on to its end, and holds the lock until then.
        return await CarryOutAsync(computerName, occupation, command).WaitAsync(cancellationToken);
    }

    public Task<bool> UntilAsync(Func<CancellationToken, Task<bool>> condition, TimeSpan limit, CancellationToken cancellationToken) =>
        Waiting.UntilAsync(condition, limit, timeProvider, cancellationToken);

    private async Task<IDisposable> EnterAsync(string what, string computerName, CommandOrigin origin, CancellationToken cancellationToken)
    {
        if (origin.IsLocal)
        {
            return await changeLock.EnterFirstAsync(what, computerName, timeProvider, cancellationToken);
        }

        await changeLock.WhenLeftAsync(timeProvider, cancellationToken);
        return changeLock.TryEnter(what, out var occupation, out var occupiedBy) ? occupation : throw ChangeLock.Occupied(computerName, occupiedBy);
    }

    private async Task<IMessage> CarryOutAsync(string computerName, IDisposable occupation, DirectCommand command)
    {
        using (occupation)
        {
            using var timer = new CancellationTokenSource(command.Limit, timeProvider);
            try
            {
                var answer = await command.CarryOutAsync(timer.Token);
                await server.RefreshAsync(command.Section, timer.Token);
                return answer;
            }
            catch (EdgeException exception)
            {
                throw new CommandException(CommandFailure.Unavailable, $"{computerName}: {exception.Message}", exception);
            }
            catch (OperationCanceledException exception) when (timer.IsCancellationRequested)
            {
                throw new CommandException(CommandFailure.Unavailable, $"{computerName}: not finished within {Wording.Duration(command.Limit)}. It may still be in progress; check its state.", exception);
            }
        }
    }
}
