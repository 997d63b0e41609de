using Google.Protobuf;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Commands;

/// <summary>Runs one direct command: policy, change lock, deadline, reading back, and one way to say what went wrong.</summary>
internal sealed class DirectCommandRunner(ChangeLock changeLock, IServerAccess server, TimeProvider timeProvider)
{
    /// <exception cref="CommandException">Refused, Conflict, Unavailable.</exception>
    public async Task<IMessage> RunAsync(string what, string? refusal, TimeSpan limit, string section, Func<CancellationToken, Task<IMessage>> command, CancellationToken cancellationToken)
    {
        await changeLock.WhenSettled.WaitAsync(cancellationToken);
        var computerName = server.Current.Agent.ComputerName;
        if (refusal is not null)
        {
            throw new CommandException(CommandFailure.Refused, $"{computerName}: {refusal}");
        }

        if (!changeLock.TryEnter($"{what} is in progress", out var occupation, out var occupiedBy))
        {
            throw ChangeLock.Occupied(computerName, occupiedBy);
        }

        // A caller who hangs up does not leave a service stopped: the command goes on to its end, and holds the lock until then.
        return await CarryOutAsync(computerName, occupation, limit, section, command).WaitAsync(cancellationToken);
    }

    public Task<bool> UntilAsync(Func<CancellationToken, Task<bool>> condition, TimeSpan limit, CancellationToken cancellationToken) =>
        Waiting.UntilAsync(condition, limit, timeProvider, cancellationToken);

    private async Task<IMessage> CarryOutAsync(string computerName, IDisposable occupation, TimeSpan limit, string section, Func<CancellationToken, Task<IMessage>> command)
    {
        using (occupation)
        {
            using var timer = new CancellationTokenSource(limit, timeProvider);
            try
            {
                var answer = await command(timer.Token);
                await server.RefreshAsync(section, timer.Token);
                return answer;
            }
            catch (EdgeException exception)
            {
                throw new CommandException(CommandFailure.Unavailable, $"{computerName}: {exception.Message}", exception);
            }
            catch (OperationCanceledException exception) when (timer.IsCancellationRequested)
            {
                throw new CommandException(CommandFailure.Unavailable, $"{computerName}: not finished within {Wording.Duration(limit)}. It may still be in progress; check its state.", exception);
            }
        }
    }
}
