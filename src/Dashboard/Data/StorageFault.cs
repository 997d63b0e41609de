using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace WsusDashboard.Dashboard.Data;

/// <summary>Tells what kind of trouble of the database an exception is, and says it for a person.</summary>
internal static class StorageFault
{
    // Result codes of SQLite (sqlite.org/rescode.html), without the extended part.
    private const int Permission = 3;
    private const int Busy = 5;
    private const int TableLocked = 6;
    private const int ReadOnlyFile = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int DiskFull = 13;
    private const int CannotOpen = 14;
    private const int TooBig = 18;
    private const int Constraint = 19;
    private const int Mismatch = 20;
    private const int Authorization = 23;
    private const int NotADatabase = 26;

    /// <summary>None where the exception does not come from the storage but from what was to be stored: trying again would not help.</summary>
    public static StorageProblem Of(Exception exception) => exception switch
    {
        SqliteException sqlite => Of(sqlite.SqliteErrorCode),
        PostgresException postgres => OfState(postgres.SqlState),
        DatabaseInUseException => StorageProblem.Locked,
        DbUpdateException { InnerException: { } inner } => Of(inner),
        InvalidOperationException { InnerException: { } inner } => Of(inner),
        UnauthorizedAccessException => StorageProblem.ReadOnly,
        DbException => StorageProblem.Other,
        _ => StorageProblem.None,
    };

    public static string Describe(StorageProblem problem, DatabaseProvider database) =>
        problem == StorageProblem.OtherVersion ? DatabaseVersionException.Describe(database) : database.IsPostgreSql ? DescribeServer(problem, database.Name) : DescribeFile(problem, database.Name);

    private static string DescribeServer(StorageProblem problem, string name) => problem switch
    {
        StorageProblem.None => "",
        StorageProblem.Locked => $"The PostgreSQL database {name} is used by another dashboard, or locked. The live view goes on; history waits at the agents. Stop the other dashboard, or name another database.",
        StorageProblem.ReadOnly => $"The PostgreSQL database {name} cannot be written by the user of the connection string, or refuses it. The live view goes on; history waits at the agents. Check user, password and rights.",
        StorageProblem.Full => $"There is no space left for the PostgreSQL database {name}. The live view goes on; history waits at the agents. Free some space on its server.",
        StorageProblem.Damaged => $"The PostgreSQL database {name} reports damaged data. The live view goes on, history is not written. Restore it from your backup.",
        _ => $"The PostgreSQL database {name} could not be used. The live view goes on; history waits at the agents. Check that its server runs; the log says more.",
    };

    private static string DescribeFile(StorageProblem problem, string path) => problem switch
    {
        StorageProblem.None => "",
        StorageProblem.Locked => $"The database {path} is locked by another process. The live view goes on; history is written as soon as the lock is gone, and nothing is lost meanwhile. Close the program that holds the file.",
        StorageProblem.ReadOnly => $"The database {path} cannot be written. The live view goes on; history waits at the agents. Give this account the right to write the file and its folder.",
        StorageProblem.Full => $"There is no space left for the database {path}. The live view goes on; history waits at the agents. Free some space on that volume.",
        StorageProblem.Damaged => $"The file {path} is damaged or is no database of this dashboard. The live view goes on, history is not written. Stop the dashboard and put back the newest file of the folder backups.",
        StorageProblem.Other => $"The database {path} could not be used. The live view goes on; history waits at the agents. The log says more.",
        _ => throw new ArgumentOutOfRangeException(nameof(problem), problem, null),
    };

    private static StorageProblem Of(int code) => code switch
    {
        Busy or TableLocked => StorageProblem.Locked,
        ReadOnlyFile or CannotOpen or Permission or Authorization => StorageProblem.ReadOnly,
        DiskFull or InputOutput => StorageProblem.Full,
        Corrupt or NotADatabase => StorageProblem.Damaged,
        TooBig or Constraint or Mismatch => StorageProblem.None,
        _ => StorageProblem.Other,
    };

    // Classes and codes of PostgreSQL (postgresql.org/docs/current/errcodes-appendix.html).
    private static StorageProblem OfState(string state) => state switch
    {
        "53100" => StorageProblem.Full,
        "25006" or "42501" => StorageProblem.ReadOnly,
        _ when state.StartsWith("28", StringComparison.Ordinal) => StorageProblem.ReadOnly,
        _ when state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal) => StorageProblem.None,
        "55P03" or "40P01" => StorageProblem.Locked,
        "XX001" or "XX002" => StorageProblem.Damaged,
        _ => StorageProblem.Other,
    };
}
