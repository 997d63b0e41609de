using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Doctor;

/// <summary>The running agent's examination of its own server, with its own account: what a person at the keyboard may do says nothing about the service.</summary>
/// <param name="options">Those that the agent runs with.</param>
/// <param name="edges">The server.</param>
/// <param name="iis">The running agent's way to IIS: what was refused to its collectors and repairs goes into the report too.</param>
/// <param name="timeProvider">The clock.</param>
/// <remarks>One at a time: whoever asks meanwhile waits.</remarks>
internal sealed class SelfExamination(AgentOptions options, AgentEdges edges, IisAccess iis, TimeProvider timeProvider) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<DoctorReport> RunAsync(bool isForReport, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var report = await ServerExamination.RunAsync(options, [], edges, timeProvider, isForReport, cancellationToken);
            return report with { IisRefusals = IisRefusals.Merge(report.IisRefusals, iis.Refusals.All) };
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
