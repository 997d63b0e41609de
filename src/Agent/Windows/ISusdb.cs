namespace WsusDashboard.Agent.Windows;

/// <summary>The database of WSUS, read only: a statement of a closed list in, rows out.</summary>
public interface ISusdb
{
    /// <summary>Runs one statement; its values stand in the order of the statement's columns, NULL as null.</summary>
    /// <param name="database">Where it is.</param>
    /// <param name="statement">What is asked.</param>
    /// <param name="since">The value of @since; passed over where the statement has none.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="EdgeException">The database cannot be reached, refuses the account, or has no such table.</exception>
    Task<IReadOnlyList<IReadOnlyList<object?>>> QueryAsync(SusdbAddress database, SusdbStatement statement, DateTimeOffset since, CancellationToken cancellationToken);
}

/// <summary>Where the database of WSUS is.</summary>
/// <param name="Server">As SqlClient takes it: a pipe (np:\\.\pipe\…), or a SQL Server with instance or port.</param>
/// <param name="Database">Its name, SUSDB.</param>
/// <param name="IsEncrypted">True where TLS with a certificate that this server trusts is asked for. The pipe of WID never leaves the machine.</param>
public sealed record SusdbAddress(string Server, string Database, bool IsEncrypted)
{
    /// <summary>A pipe is reached on Windows only.</summary>
    public bool IsPipe => Server.StartsWith("np:", StringComparison.OrdinalIgnoreCase);
}
