using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows;

/// <summary>The edges of a system that is not Windows: every call says so.</summary>
public sealed class OnlyOnWindowsEdges : IServiceControl, IWmi, IEventLog, IEventLogWriter, IRegistry, IProcessRunner, ILibraryFiles
{
    Task<ServiceStatus> IServiceControl.ReadAsync(string name, CancellationToken cancellationToken) =>
        Task.FromException<ServiceStatus>(Refusal("Reading a service"));

    Task IServiceControl.StartAsync(string name, CancellationToken cancellationToken) => Task.FromException(Refusal("Starting a service"));

    Task IServiceControl.StopAsync(string name, CancellationToken cancellationToken) => Task.FromException(Refusal("Stopping a service"));

    Task IServiceControl.SetStartTypeAsync(string name, ServiceStartType startType, CancellationToken cancellationToken) =>
        Task.FromException(Refusal("Changing a service's startup type"));

    Task<IReadOnlyList<string>> IServiceControl.ReadRunningDependentsAsync(string name, CancellationToken cancellationToken) =>
        Task.FromException<IReadOnlyList<string>>(Refusal("Reading a service's dependents"));

    Task<IReadOnlyList<WmiRow>> IWmi.QueryAsync(string scope, string wql, CancellationToken cancellationToken) =>
        Task.FromException<IReadOnlyList<WmiRow>>(Refusal("A WMI query"));

    Task<WmiRow> IWmi.GetAsync(string scope, string path, CancellationToken cancellationToken) =>
        Task.FromException<WmiRow>(Refusal("Reading a WMI object"));

    Task<object?> IWmi.InvokeAsync(
        string scope, string className, string method, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken) =>
        Task.FromException<object?>(Refusal("A WMI method"));

    Task<EventPage> IEventLog.QueryAsync(EventQuery query, CancellationToken cancellationToken) =>
        Task.FromException<EventPage>(Refusal("Reading the event log"));

    Task IEventLogWriter.WriteAsync(EventLogRecord record, CancellationToken cancellationToken) => Task.FromException(Refusal("Writing the event log"));

    object? IRegistry.Read(string key, string name) => throw Refusal("Reading the registry");

    bool IRegistry.HasKey(string key) => throw Refusal("Reading the registry");

    string? IProcessRunner.Find(AllowedProgram program) => throw Refusal("Looking for iisreset");

    Task<ProcessResult> IProcessRunner.RunAsync(AllowedProgram program, TimeSpan timeLimit, CancellationToken cancellationToken) =>
        Task.FromException<ProcessResult>(Refusal("Running iisreset"));

    string ILibraryFiles.Expand(string path) => throw Refusal("Reading a library");

    Task<LibraryVersion?> ILibraryFiles.FindAsync(string path, CancellationToken cancellationToken) =>
        Task.FromException<LibraryVersion?>(Refusal("Reading a library"));

    Task<byte[]?> ILibraryFiles.ReadStartAsync(string path, int count, CancellationToken cancellationToken) =>
        Task.FromException<byte[]?>(Refusal("Reading a library"));

    private static EdgeException Refusal(string what) =>
        new(ReadFailure.OnlyOnWindows, $"{what} works only on Windows, but this agent runs on another system.");
}
