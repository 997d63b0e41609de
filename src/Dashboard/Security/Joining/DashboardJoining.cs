using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Security.Joining;

/// <summary>
/// What a dashboard does before it makes keys of its own: where its PostgreSQL database belongs to dashboards already, it takes theirs with a join token, or doesn't start. Once it has them, the token isn't
/// looked at any more.
/// </summary>
internal static class DashboardJoining
{
    private const int AnswerSeconds = 10;

    /// <exception cref="DashboardStartException">It can't join; says why, and what to do.</exception>
    public static void Prepare(DashboardOptions options)
    {
        var database = DatabaseProvider.From(options);
        if (!database.IsPostgreSql || (File.Exists(options.KeyFilePath) && (HubFiles.Exist(options) || options.Join.Token.IsEmpty)))
        {
            return;
        }

        if (!options.Join.Token.IsEmpty)
        {
            Join(database, options);
        }
        else if (IsInUse(database))
        {
            throw new DashboardStartException(Sentence(database, options));
        }
    }

    /// <summary>Why a dashboard with these keys can't use this database.</summary>
    public static string Sentence(DatabaseProvider database, DashboardOptions options) =>
        $"The PostgreSQL database {database.Name} belongs to other dashboards, and {DashboardOptions.KeyOf(options.DataDirectory)} \"{options.DataDirectory}\" doesn't hold their keys. To join them, create a join token at one that is running (POST /api/v1/hub/join-tokens) "
        + $"and start this one with an empty data folder and {DashboardOptions.KeyOf(options.Join.TokenFile)}. To begin anew, name an empty database. Nothing was changed.";

    private static void Join(DatabaseProvider database, DashboardOptions options)
    {
        if (HubFiles.Exist(options))
        {
            throw new DashboardStartException($"{DashboardOptions.KeyOf(options.Join.Token)} is set, but {DashboardOptions.KeyOf(options.DataDirectory)} \"{options.DataDirectory}\" holds the keys of another dashboard. Choose an empty folder, or remove the token.");
        }

        try
        {
            var files = Take(database, options);
            if (File.Exists(options.KeyFilePath) && !File.ReadAllBytes(options.KeyFilePath).AsSpan().SequenceEqual(files.Key))
            {
                throw new DashboardStartException($"{DashboardOptions.KeyOf(options.KeyFile)} is \"{options.KeyFilePath}\", which holds another key than the dashboards of {database.Name}. Remove it, or name another file; the key comes with a new join token.");
            }

            files.Write(options);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            throw new DashboardStartException($"The join token can't be used: the PostgreSQL database {database.Name} doesn't answer as it should. {exception.Message}");
        }
        catch (Exception exception) when (exception is CryptographicException or JsonException)
        {
            throw new DashboardStartException($"The join token can't be used: what {database.Name} holds for it isn't whole. Create another one.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DashboardStartException($"The keys can't be written to {DashboardOptions.KeyOf(options.DataDirectory)} \"{options.DataDirectory}\": {exception.Message} The join token is used up: create another one.");
        }
    }

    /// <summary>Of several who try at once, one succeeds.</summary>
    private static HubFiles Take(DatabaseProvider database, DashboardOptions options)
    {
        if (!JoinToken.TryRead(options.Join.Token.Reveal(), out var token))
        {
            throw new DashboardStartException($"{DashboardOptions.KeyOf(options.Join.Token)} isn't a join token. Allowed: what POST /api/v1/hub/join-tokens answered at a running dashboard.");
        }

        using var connection = Open(database);
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM \"JoinOffers\" WHERE \"Id\" = @id AND \"ExpiresAt\" > now() RETURNING \"Sealed\"";
        command.Parameters.AddWithValue("id", token.Id);
        return command.ExecuteScalar() is byte[] found
            ? HubFiles.Unpack(token.Open(found))
            : throw new DashboardStartException("The join token can't be used: it was used before, it has expired, or it's another database's. Create another one.");
    }

    /// <summary>False where it can't be asked: then the opening tells what is wrong with it.</summary>
    private static bool IsInUse(DatabaseProvider database)
    {
        try
        {
            using var connection = Open(database);
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT to_regclass('\"HubProofs\"') IS NOT NULL";
            if (command.ExecuteScalar() is not true)
            {
                return false;
            }

            command.CommandText = "SELECT EXISTS (SELECT 1 FROM \"HubProofs\")";
            return command.ExecuteScalar() is true;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            return false;
        }
    }

    private static NpgsqlConnection Open(DatabaseProvider database)
    {
        var parts = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, MinPoolSize = 0, Timeout = AnswerSeconds, CommandTimeout = AnswerSeconds, ApplicationName = "WsusDashboard joining" };
        var connection = new NpgsqlConnection(parts.ConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
