using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Model;

namespace WsusDashboard.Simulator.Edges;

/// <summary>The edges of one simulated server: as thin as the real ones, over its model.</summary>
internal static class SimulatedEdges
{
    public static AgentEdges For(ServerModel model, ServerFiles files, int wsusPort) => new()
    {
        Services = new SimulatedServices(model),
        Wmi = new SimulatedWmi(model),
        EventLog = new SimulatedEventLog(model),
        Registry = new SimulatedRegistry(model.Profile, files, wsusPort),
        Processes = new SimulatedProcesses(model),
        Susdb = new SimulatedSusdb(model),
    };
}

internal sealed class SimulatedServices(ServerModel model) : IServiceControl
{
    public Task<ServiceStatus> ReadAsync(string name, CancellationToken cancellationToken) => Task.FromResult(model.ReadService(name));

    public Task StartAsync(string name, CancellationToken cancellationToken)
    {
        model.StartService(name);
        return Task.CompletedTask;
    }

    public Task StopAsync(string name, CancellationToken cancellationToken)
    {
        model.StopService(name);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> ReadRunningDependentsAsync(string name, CancellationToken cancellationToken) => Task.FromResult(model.RunningDependents(name));
}

internal sealed class SimulatedEventLog(ServerModel model) : IEventLog
{
    public Task<EventPage> QueryAsync(EventQuery query, CancellationToken cancellationToken) => Task.FromResult(model.QueryEvents(query));
}

internal sealed class SimulatedProcesses(ServerModel model) : IProcessRunner
{
    public string? Find(AllowedProgram program) => program == AllowedProgram.IisReset ? @"C:\Windows\System32\iisreset.exe" : null;

    public async Task<ProcessResult> RunAsync(AllowedProgram program, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        if (program != AllowedProgram.IisReset)
        {
            throw new EdgeException(ReadFailure.NotFound, $"{program} isn't a program on this server.");
        }

        try
        {
            return await model.ResetIis().WaitAsync(timeLimit, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new EdgeException(ReadFailure.TimedOut, $"iisreset.exe on {model.Profile.Name} didn't finish within {timeLimit}.", exception);
        }
    }
}
