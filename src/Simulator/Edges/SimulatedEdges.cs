using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Model;

namespace WsusDashboard.Simulator.Edges;

/// <summary>The edges of one simulated server: as thin as the real ones, over its model.</summary>
internal static class SimulatedEdges
{
    /// <param name="model">The server.</param>
    /// <param name="files">Its files.</param>
    /// <param name="wsusPort">Where its WSUS answers.</param>
    /// <param name="certificate">What its WSUS shows; the one thing that the server trusts. Null without TLS.</param>
    public static AgentEdges For(ServerModel model, ServerFiles files, int wsusPort, X509Certificate2? certificate) => new()
    {
        Services = new SimulatedServices(model),
        Wmi = new SimulatedWmi(model),
        EventLog = new SimulatedEventLog(model),
        EventLogWriter = new SimulatedEventLogWriter(files.ApplicationLog),
        Registry = new SimulatedRegistry(model.Profile, files, wsusPort),
        Processes = new SimulatedProcesses(model),
        Susdb = new SimulatedSusdb(model),
        Libraries = new SimulatedLibraryFiles(),
        TrustedRoots = certificate is null ? null : [certificate],
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

    public Task SetStartTypeAsync(string name, ServiceStartType startType, CancellationToken cancellationToken)
    {
        model.SetStartType(name, startType);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> ReadRunningDependentsAsync(string name, CancellationToken cancellationToken) => Task.FromResult(model.RunningDependents(name));
}

internal sealed class SimulatedLibraryFiles : ILibraryFiles
{
    public string Expand(string path) => LibraryTable.Expand(path);

    public Task<LibraryVersion?> FindAsync(string path, CancellationToken cancellationToken) =>
        Task.FromResult(LibraryTable.ReadStart(path) is { } start ? new LibraryVersion(start.Length, DateTimeOffset.UnixEpoch) : null);

    public Task<byte[]?> ReadStartAsync(string path, int count, CancellationToken cancellationToken) =>
        Task.FromResult(LibraryTable.ReadStart(path) is { } start ? start[..Math.Min(count, start.Length)] : null);
}

internal sealed class SimulatedEventLog(ServerModel model) : IEventLog
{
    public Task<EventPage> QueryAsync(EventQuery query, CancellationToken cancellationToken) => Task.FromResult(model.QueryEvents(query));
}

/// <summary>Keeps what is written in a file, so that it can be looked at after the program is gone; the newest 16 to 32 MB, as a log of Windows drops the oldest.</summary>
internal sealed class SimulatedEventLogWriter(string file) : IEventLogWriter
{
    private const long MaximumBytes = 16L * 1024 * 1024;

    public async Task WriteAsync(EventLogRecord record, CancellationToken cancellationToken)
    {
        if (new FileInfo(file) is { Exists: true, Length: > MaximumBytes })
        {
            File.Move(file, file + ".old", overwrite: true);
        }

        await File.AppendAllTextAsync(file, JsonSerializer.Serialize(record) + "\n", cancellationToken);
    }
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
