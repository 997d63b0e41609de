using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Data;

/// <summary>The database was made by another version, whose tables cannot become those of this one.</summary>
public sealed class DatabaseVersionException(DatabaseProvider database) : DashboardStartException(Describe(database))
{
    /// <summary>Keys, audit and backups belong to a database: they are set aside with it.</summary>
    internal static string Describe(DatabaseProvider database)
    {
        var (kind, cure) = database.IsPostgreSql
            ? ("PostgreSQL database", "Create an empty database, name it in the connection string, move the dashboard's data folder away")
            : ("database", "Stop the dashboard, move the folder that holds this file away");
        return $"Another version of WsusDashboard made the {kind} {database.Name}, and this version can't use it. Nothing was changed. {cure}, and start again. Then pair your servers; their agents send their recent history again.";
    }
}
