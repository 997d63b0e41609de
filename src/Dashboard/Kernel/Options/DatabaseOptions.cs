using System.ComponentModel.DataAnnotations;

namespace WsusDashboard.Dashboard.Kernel.Options;

public sealed class DatabaseOptions
{
    public const string Sqlite = "sqlite";
    public const string PostgreSql = "postgresql";

    /// <summary>Where history is kept: in a file in the data folder, or in PostgreSQL.</summary>
    [AllowedValues(Sqlite, PostgreSql)]
    public string Provider { get; set; } = Sqlite;

    /// <summary>PostgreSQL's connection string, for example Host=db;Database=wsusdashboard;Username=dashboard. It's never shown, but if it holds a password, a file is safer.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>A file that holds the connection string instead; only the dashboard's account should be able to read it.</summary>
    public string ConnectionStringFile { get; set; } = "";
}
