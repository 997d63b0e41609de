namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>Adds, edits, removes and describes servers.</summary>
public sealed class ServerService
{
    /// <summary>Null where there is no such server.</summary>
    public Task<ServerDetail?> GetAsync(int id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Adds a server and begins to watch it. Failures: Invalid, Conflict (address taken), Unavailable (database).</summary>
    public Task<Outcome<ServerFacts>> AddAsync(ServerInput input, string who, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Failures: NotFound, Invalid, Conflict, Unavailable.</summary>
    public Task<Outcome<ServerFacts>> EditAsync(int id, ServerInput input, string who, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Stops watching a server and deletes its history here; nothing is changed on the server itself.</summary>
    public Task<Outcome<Done>> RemoveAsync(int id, string who, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Tries name, connection, protocol and version, in this order. Failure: Invalid.</summary>
    public Task<Outcome<ConnectionTest>> TestConnectionAsync(string address, CancellationToken cancellationToken) => throw new NotImplementedException();
}
