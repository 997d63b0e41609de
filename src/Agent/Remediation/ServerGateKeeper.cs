using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Remediation;

/// <summary>Runs one direct verb: policy, gate, deadline, reading back, and one way to say what went wrong.</summary>
internal sealed class ServerGateKeeper(ServerGate gate, ServerAccess server, TimeProvider timeProvider)
{
    /// <exception cref="VerbException">Refused, Conflict, Unavailable.</exception>
    public async Task<T> RunAsync<T>(
        string what, string? refusal, TimeSpan limit, string section, Func<CancellationToken, Task<T>> verb, CancellationToken cancellationToken)
    {
        var computerName = server.Current().Agent.ComputerName;
        if (refusal is not null)
        {
            throw new VerbException(VerbFailure.Refused, $"{computerName}: {refusal}");
        }

        if (!gate.TryEnter(what, out var occupation, out var occupiedBy))
        {
            throw new VerbException(VerbFailure.Conflict, $"{computerName}: {occupiedBy}. Nothing was changed; wait for its end.");
        }

        // A caller who hangs up does not leave a service stopped: the verb goes on to its end, and holds the gate until then.
        return await CarryOutAsync(computerName, occupation, limit, section, verb).WaitAsync(cancellationToken);
    }

    public Task<bool> UntilAsync(Func<CancellationToken, Task<bool>> condition, TimeSpan limit, CancellationToken cancellationToken) =>
        Waiting.UntilAsync(condition, limit, timeProvider, cancellationToken);

    private async Task<T> CarryOutAsync<T>(string computerName, IDisposable occupation, TimeSpan limit, string section, Func<CancellationToken, Task<T>> verb)
    {
        using (occupation)
        {
            using var timer = new CancellationTokenSource(limit, timeProvider);
            try
            {
                var answer = await verb(timer.Token);
                await server.RefreshAsync(section, timer.Token);
                return answer;
            }
            catch (EdgeException exception)
            {
                throw new VerbException(VerbFailure.Unavailable, $"{computerName}: {exception.Message}", exception);
            }
            catch (OperationCanceledException exception) when (timer.IsCancellationRequested)
            {
                throw new VerbException(VerbFailure.Unavailable, $"{computerName}: no end within {Wording.Duration(limit)}. What was asked for may still be on its way; look at its state.", exception);
            }
        }
    }
}
