using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Support;

/// <summary>A server whose sources say what the test sets; a source that is set to fail fails with that exception.</summary>
internal sealed class FakeEdges : IServiceControl, IWmi, IEventLog, IEventLogWriter, IRegistry, IProcessRunner, ISusdb, ILibraryFiles
{
    public Dictionary<string, ServiceStatus> Services { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<(string Key, string Name), object> Values { get; } = [];

    public List<WindowsEvent> Events { get; } = [];

    public Func<string, string, IReadOnlyList<WmiRow>> Wmi { get; set; } = (scope, _) => throw new EdgeException(ReadFailure.NotFound, $"There is no namespace {scope}.");

    public Func<SusdbStatement, IReadOnlyList<IReadOnlyList<object?>>> Susdb { get; set; } = _ => throw new EdgeException(ReadFailure.OnlyOnWindows, "The pipe of SUSDB exists only on Windows.");

    public List<(SusdbAddress Database, SusdbStatement Statement, DateTimeOffset Since)> SusdbQueries { get; } = [];

    public string? ResetProgram { get; set; } = @"C:\Windows\System32\iisreset.exe";

    public EdgeException? Failure { get; set; }

    public List<EventQuery> EventQueries { get; } = [];

    public HashSet<string> RefusedLogs { get; } = [];

    public HashSet<string> RefusedServices { get; } = [];

    /// <summary>Files by their full path; one whose bytes are null cannot be read.</summary>
    public Dictionary<string, byte[]?> Files { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>When the files were written: another time is another file.</summary>
    public DateTimeOffset FilesWrittenAt { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>What was read, in that order.</summary>
    public List<string> FilesRead { get; } = [];

    public AgentEdges ToEdges() => new() { Services = this, Wmi = this, EventLog = this, EventLogWriter = this, Registry = this, Processes = this, Susdb = this, Libraries = this };

    public static WmiRow Row(params (string Name, object? Value)[] values) => new(values.ToDictionary(value => value.Name, value => value.Value));

    public Task<ServiceStatus> ReadAsync(string name, CancellationToken cancellationToken)
    {
        ThrowIfFailing();
        if (RefusedServices.Contains(name))
        {
            throw new EdgeException(ReadFailure.AccessDenied, $"Service {name} could not be read: access is denied (Windows error 5).");
        }

        return Task.FromResult(Services.GetValueOrDefault(name) ?? new ServiceStatus { Name = name, State = ServiceState.NotInstalled });
    }

    public Task StartAsync(string name, CancellationToken cancellationToken) => SetAsync(name, ServiceState.Running);

    public Task StopAsync(string name, CancellationToken cancellationToken) => SetAsync(name, ServiceState.Stopped);

    public Task SetStartTypeAsync(string name, ServiceStartType startType, CancellationToken cancellationToken)
    {
        Services[name] = Services[name] with { StartType = startType };
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> ReadRunningDependentsAsync(string name, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    public Task<IReadOnlyList<WmiRow>> QueryAsync(string scope, string wql, CancellationToken cancellationToken)
    {
        ThrowIfFailing();
        return Task.FromResult(Wmi(scope, wql));
    }

    /// <summary>Objects by path.</summary>
    public Dictionary<string, WmiRow> Objects { get; } = [];

    public Task<WmiRow> GetAsync(string scope, string path, CancellationToken cancellationToken)
    {
        ThrowIfFailing();
        return Task.FromResult(Objects.GetValueOrDefault(path) ?? throw new EdgeException(ReadFailure.NotFound, $"There is no {path}."));
    }

    public Task<object?> InvokeAsync(string scope, string className, string method, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken) =>
        Task.FromResult<object?>(0);

    public Task<EventPage> QueryAsync(EventQuery query, CancellationToken cancellationToken)
    {
        ThrowIfFailing();
        EventQueries.Add(query);
        if (RefusedLogs.Contains(query.LogName))
        {
            throw new EdgeException(ReadFailure.AccessDenied, $"Event log {query.LogName} could not be read: access is denied (Windows error 5).");
        }

        var log = Events.Where(item => item.LogName == query.LogName).ToList();
        var matching = log
            .Where(item => query.Kinds.Any(kinds => kinds.Include(item)) && item.RecordId > query.AfterRecordId && item.At >= query.Since)
            .OrderBy(item => item.RecordId)
            .Take(query.Maximum);
        return Task.FromResult(new EventPage([.. matching], log.Count == 0 ? 0 : log.Max(item => item.RecordId))
        {
            NewestAt = log.MaxBy(item => item.RecordId)?.At,
            BookmarkAt = log.Find(item => item.RecordId == query.AfterRecordId)?.At,
        });
    }

    public Task<IReadOnlyList<IReadOnlyList<object?>>> QueryAsync(SusdbAddress database, SusdbStatement statement, DateTimeOffset since, CancellationToken cancellationToken)
    {
        ThrowIfFailing();
        SusdbQueries.Add((database, statement, since));
        return Task.FromResult(Susdb(statement));
    }

    /// <summary>What was written into the event log, in that order.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<EventLogRecord> Written { get; } = new();

    public Task WriteAsync(EventLogRecord record, CancellationToken cancellationToken)
    {
        Written.Enqueue(record);
        return Task.CompletedTask;
    }

    public object? Read(string key, string name)
    {
        ThrowIfFailing();
        return Values.GetValueOrDefault((key, name));
    }

    public bool HasKey(string key)
    {
        ThrowIfFailing();
        return Values.Keys.Any(value => value.Key == key);
    }

    public string? Find(AllowedProgram program)
    {
        ThrowIfFailing();
        return ResetProgram;
    }

    public Task<ProcessResult> RunAsync(AllowedProgram program, TimeSpan timeLimit, CancellationToken cancellationToken) =>
        Task.FromResult(new ProcessResult(0, ""));

    public string Expand(string path) => path
        .Replace("%windir%", @"C:\Windows", StringComparison.OrdinalIgnoreCase)
        .Replace("%ProgramFiles(x86)%", @"C:\Program Files (x86)", StringComparison.OrdinalIgnoreCase)
        .Replace("%ProgramFiles%", @"C:\Program Files", StringComparison.OrdinalIgnoreCase);

    public Task<LibraryVersion?> FindAsync(string path, CancellationToken cancellationToken)
    {
        ThrowIfFailing();
        return Task.FromResult(Files.TryGetValue(path, out var bytes) ? new LibraryVersion(bytes?.Length ?? 0, FilesWrittenAt) : null);
    }

    public Task<byte[]?> ReadStartAsync(string path, int count, CancellationToken cancellationToken)
    {
        ThrowIfFailing();
        FilesRead.Add(path);
        return !Files.TryGetValue(path, out var bytes) ? Task.FromResult<byte[]?>(null)
            : bytes is null ? throw new EdgeException(ReadFailure.AccessDenied, $"{path} couldn't be read: access is denied (Windows error 5).")
            : Task.FromResult<byte[]?>(bytes[..Math.Min(count, bytes.Length)]);
    }

    private Task SetAsync(string name, ServiceState state)
    {
        Services[name] = Services[name] with { State = state };
        return Task.CompletedTask;
    }

    private void ThrowIfFailing()
    {
        if (Failure is not null)
        {
            throw Failure;
        }
    }
}
