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

        using (occupation)
        {
            using var timer = new CancellationTokenSource(limit, timeProvider);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
            try
            {
                var answer = await verb(linked.Token);
                await server.RefreshAsync(section, linked.Token);
                return answer;
            }
            catch (EdgeException exception)
            {
                throw new VerbException(VerbFailure.Unavailable, $"{computerName}: {exception.Message}", exception);
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new VerbException(VerbFailure.Unavailable, $"{computerName}: no end within {Wording.Duration(limit)}. What was asked for may still be on its way; look at its state.", exception);
            }
        }
    }

    public Task<bool> UntilAsync(Func<CancellationToken, Task<bool>> condition, TimeSpan limit, CancellationToken cancellationToken) =>
        Waiting.UntilAsync(condition, limit, timeProvider, cancellationToken);
}
