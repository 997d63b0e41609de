using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Doctor;

/// <summary>The running agent's examination of its own server, with its own account: what a person at the keyboard may do says nothing about the service.</summary>
/// <remarks>One at a time: whoever asks meanwhile waits.</remarks>
internal sealed class SelfExamination(AgentOptions options, AgentEdges edges, TimeProvider timeProvider) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<DoctorReport> RunAsync(bool isForReport, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await ServerExamination.RunAsync(options, [], edges, timeProvider, isForReport, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
