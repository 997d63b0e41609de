using System.Security.Cryptography.X509Certificates;

namespace WsusDashboard.Agent.Windows;

/// <summary>All edges of one server. The simulator brings its own set.</summary>
public sealed record AgentEdges
{
    public required IServiceControl Services { get; init; }
    public required IWmi Wmi { get; init; }
    public required IEventLog EventLog { get; init; }
    public required IRegistry Registry { get; init; }
    public required IProcessRunner Processes { get; init; }
    public required ILibraryFiles Libraries { get; init; }

    /// <summary>By default the one of a system without an event log.</summary>
    public IEventLogWriter EventLogWriter { get; init; } = new OnlyOnWindowsEdges();

    /// <summary>By default the real one: it works on any system where a SQL Server is named, and says so where not.</summary>
    public ISusdb Susdb { get; init; } = new SqlSusdb();

    /// <summary>What this server trusts where WSUS shows a certificate; null = the computer's own store, as on every real server.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }
}
