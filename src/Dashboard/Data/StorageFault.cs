using System.Data.Common;
using System.Net.Sockets;
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
        NpgsqlException { InnerException: IOException or SocketException or TimeoutException } => StorageProblem.Unreachable,
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
        StorageProblem.Locked => $"The PostgreSQL database {name} is locked. The live view still works; agents keep the history until it can be stored. See which program holds the lock (pg_locks).",
        StorageProblem.ReadOnly => $"The connection string's user can't write to the PostgreSQL database {name}, or can't sign in to it. The live view still works; agents keep the history until it can be stored. Check the user, password and permissions.",
        StorageProblem.Full => $"There is no space left for the PostgreSQL database {name}. The live view still works; agents keep the history until it can be stored. Free some space on its server.",
        StorageProblem.OtherKeys => $"The PostgreSQL database {name} belongs to dashboards with other keys. Nothing is stored there. Restart this dashboard: it says what to do.",
        StorageProblem.Unreachable => $"The PostgreSQL database {name} can't be reached. What your servers report is still shown; until it's back, agents keep the history and no commands are sent. Check its server and the network. WsusDashboard keeps retrying.",
        StorageProblem.Damaged => $"The PostgreSQL database {name} reports damaged data. The live view still works, but no history is stored. Restore it from your backup.",
        _ => $"The PostgreSQL database {name} can't be used. The live view still works; agents keep the history until it can be stored. Check that its server is running, and see the log for details.",
    };

    private static string DescribeFile(StorageProblem problem, string path) => problem switch
    {
        StorageProblem.None => "",
        StorageProblem.Locked => $"The database {path} is locked, usually by another program. The live view still works; history is stored as soon as the lock is gone, and nothing is lost. Close the program that uses the file.",
        StorageProblem.ReadOnly => $"The database {path} can't be written to. The live view still works; agents keep the history until it can be stored. Give this account write permission on the file and its folder.",
        StorageProblem.Full => $"There is no space left for the database {path}. The live view still works; agents keep the history until it can be stored. Free some space on that volume.",
        StorageProblem.Damaged => $"The file {path} is damaged or isn't this dashboard's database. The live view still works, but no history is stored. Restart the dashboard: it sets the file aside and starts with the newest backup.",
        StorageProblem.Other => $"The database {path} can't be used. The live view still works; agents keep the history until it can be stored. See the log for details.",
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

        // It stops, starts, or ended the connection.
        _ when state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal) => StorageProblem.Unreachable,
        "XX001" or "XX002" => StorageProblem.Damaged,
        _ => StorageProblem.Other,
    };
}
