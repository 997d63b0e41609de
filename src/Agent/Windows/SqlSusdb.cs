using System.Data;
using System.Globalization;
using Microsoft.Data.SqlClient;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows;

/// <summary>SUSDB through Microsoft.Data.SqlClient as the account of the agent. A SQL Server can be asked from any system, the pipe of WID on Windows only.</summary>
public sealed class SqlSusdb : ISusdb
{
    private const int ConnectSeconds = 5;
    private const int CommandSeconds = 30;

    // Numbers of SQL Server and, where it was not reached, of Windows: documentation of SqlException.Number and of the system error codes.
    private const int LoginFailed = 18456;
    private const int DatabaseRefused = 4060;
    private const int PermissionDenied = 229;
    private const int DatabaseNotAccessible = 916;
    private const int InvalidObject = 208;
    private const int InvalidColumn = 207;
    private const int TimeOut = -2;
    private const int WindowsAccessDenied = 5;

    /// <summary>How a connection is asked for: read only by intent, pooled not at all, because it is the rare fallback.</summary>
    public static string ConnectionString(SusdbAddress database) => new SqlConnectionStringBuilder
    {
        DataSource = database.Server,
        InitialCatalog = database.Database,
        IntegratedSecurity = true,
        ApplicationIntent = ApplicationIntent.ReadOnly,
        Encrypt = database.IsEncrypted ? SqlConnectionEncryptOption.Mandatory : SqlConnectionEncryptOption.Optional,
        ConnectTimeout = ConnectSeconds,
        ConnectRetryCount = 0,
        Pooling = false,
        ApplicationName = "WsusDashboard agent",
    }.ConnectionString;

    public async Task<IReadOnlyList<IReadOnlyList<object?>>> QueryAsync(
        SusdbAddress database, SusdbStatement statement, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (database.IsPipe && !OperatingSystem.IsWindows())
        {
            throw new EdgeException(ReadFailure.OnlyOnWindows, $"Reading {Describe(database)} works only on Windows, but this agent runs on another system.");
        }

        try
        {
            return await ReadAsync(database, statement, since, cancellationToken).ConfigureAwait(false);
        }
        catch (SqlException exception)
        {
            throw Translate(database, exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new EdgeException(ReadFailure.Other, $"{Describe(database)} couldn't be read: {exception.Message}", exception);
        }
    }

    private static async Task<List<IReadOnlyList<object?>>> ReadAsync(
        SusdbAddress database, SusdbStatement statement, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var connection = new SqlConnection(ConnectionString(database));
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            using var command = connection.CreateCommand();
            command.CommandText = statement.Text;
            command.CommandTimeout = CommandSeconds;
            if (statement.TakesSince)
            {
                // The older type: SUSDB's columns are datetime, and a comparison with datetime2 would not use their index.
                command.Parameters.Add("@since", SqlDbType.DateTime).Value = since.UtcDateTime;
            }

            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                List<IReadOnlyList<object?>> rows = [];
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var values = new object[reader.FieldCount];
                    reader.GetValues(values);
                    rows.Add([.. values.Select(value => value is DBNull ? null : value)]);
                }

                return rows;
            }
        }
    }

    private static EdgeException Translate(SusdbAddress database, SqlException exception)
    {
        var what = string.Create(CultureInfo.InvariantCulture, $"{exception.Message.Trim()} (SQL error {exception.Number})");
        return exception.Number switch
        {
            LoginFailed or DatabaseRefused or PermissionDenied or DatabaseNotAccessible or WindowsAccessDenied => new EdgeException(
                ReadFailure.AccessDenied,
                $"{Describe(database)} refuses the agent's account: {what} Run the agent as Local System, or give its account the database role PublicViewAccess and SELECT on dbo.tbEventInstance.",
                exception),
            InvalidObject or InvalidColumn => new EdgeException(ReadFailure.NotFound, $"{Describe(database)} isn't the database of a known WSUS: {what}", exception),
            TimeOut => new EdgeException(ReadFailure.TimedOut, $"{Describe(database)} didn't answer in time: {what}", exception),
            _ => new EdgeException(
                exception.Class >= 20 ? ReadFailure.Unavailable : ReadFailure.Fault,
                $"{Describe(database)} can't be reached: {what} Check that its service{(database.IsPipe ? " (MSSQL$MICROSOFT##WID)" : "")} is running.",
                exception),
        };
    }

    private static string Describe(SusdbAddress database) => $"{database.Database} at {database.Server}";
}
