using System.Data;
using Npgsql;
using NpgsqlTypes;
using WsusDashboard.Dashboard.Data;

namespace WsusDashboard.Dashboard.Cluster;

/// <summary>What the database says of the cluster at one moment.</summary>
/// <param name="Dashboards">Those whose heartbeat is fresh.</param>
/// <param name="Terms">Terms of the partitions whose row names this dashboard.</param>
/// <param name="Locked">Partitions that somebody holds.</param>
internal sealed record ClusterBeat(int Dashboards, IReadOnlyDictionary<int, long> Terms, IReadOnlySet<int> Locked);

/// <summary>
/// One connection of a dashboard, whose life is that of its locks: PostgreSQL lets them go as soon as it ends, and ends it after four seconds without a word. So a process that was killed,
/// frozen or cut off holds nothing for longer. Threading: one user at a time.
/// </summary>
internal sealed class PartitionSession : IAsyncDisposable
{
    /// <summary>"Wsus" in ASCII: the first half of the locks' keys, the second is the partition.</summary>
    internal const int LockClass = 0x57737573;

    /// <summary>Without a heartbeat for so long, a dashboard isn't counted any more, and its locks are gone.</summary>
    internal const int LongestSilenceSeconds = 4;

    private const int AnswerSeconds = 2;

    private const string Beat = """
        INSERT INTO "Dashboards" ("Id", "Name", "Version", "Address", "StartedAt", "HeartbeatAt") VALUES (@id, @name, @version, @address, now(), now())
            ON CONFLICT ("Id") DO UPDATE SET "Address" = EXCLUDED."Address", "HeartbeatAt" = now();
        SELECT count(*)::int FROM "Dashboards" WHERE "HeartbeatAt" > now() - make_interval(secs => @silence);
        SELECT "Id", "Term" FROM "Partitions" WHERE "Owner" = @id;
        SELECT objid::bigint::int FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = @class::bigint::oid AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
        """;

    private const string Prepare = """
        INSERT INTO "Partitions" ("Id", "Owner", "Term") SELECT id, '', 0 FROM generate_series(0, @last) AS id ON CONFLICT DO NOTHING;
        DELETE FROM "Dashboards" WHERE "HeartbeatAt" < now() - interval '1 day';
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = @application AND pid <> pg_backend_pid();
        """;

    /// <summary>Rows that a write of the owner before still holds are passed over: that write ends first, and the next look finds them free.</summary>
    private const string Take = """
        WITH free AS (SELECT "Id" FROM "Partitions" WHERE "Id" = ANY(@ids) ORDER BY "Id" FOR UPDATE SKIP LOCKED)
        UPDATE "Partitions" SET "Owner" = @id, "Term" = "Term" + 1 FROM free WHERE "Partitions"."Id" = free."Id" RETURNING "Partitions"."Id", "Partitions"."Term"
        """;

    private readonly NpgsqlConnection _connection;
    private readonly DashboardInstance _self;

    private PartitionSession(NpgsqlConnection connection, DashboardInstance self) => (_connection, _self) = (connection, self);

    /// <summary>Opens one; what an earlier one of this process still holds over there is let go.</summary>
    public static async Task<PartitionSession> OpenAsync(DatabaseProvider database, DashboardInstance self, CancellationToken cancellationToken)
    {
        // At most 63 letters, or PostgreSQL cuts it.
        var application = $"WsusDashboard owner {self.Id}";
        var parts = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, MinPoolSize = 0, Timeout = AnswerSeconds, CommandTimeout = AnswerSeconds, ApplicationName = application };
        parts.Options = $"{parts.Options} -c idle_session_timeout={LongestSilenceSeconds * 1000}".Trim();
        var connection = new NpgsqlConnection(parts.ConnectionString);
        var session = new PartitionSession(connection, self);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var prepare = session.Command(Prepare);
            prepare.Parameters.AddWithValue("last", Partitions.WholeFleet);
            prepare.Parameters.AddWithValue("application", application);
            await prepare.ExecuteNonQueryAsync(cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says that this dashboard is alive, and reads who else is.</summary>
    public async Task<ClusterBeat> BeatAsync(CancellationToken cancellationToken)
    {
        await using var command = Command(Beat);
        command.Parameters.AddWithValue("id", _self.Id);
        command.Parameters.AddWithValue("name", _self.Name);
        command.Parameters.AddWithValue("version", _self.Version);
        command.Parameters.AddWithValue("address", _self.Address);
        command.Parameters.AddWithValue("silence", (double)LongestSilenceSeconds);
        command.Parameters.AddWithValue("class", (long)LockClass);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var dashboards = reader.GetInt32(0);
        await reader.NextResultAsync(cancellationToken);
        var terms = await ReadTermsAsync(reader, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var locked = new HashSet<int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            locked.Add(reader.GetInt32(0));
        }

        return new(dashboards, terms, locked);
    }

    /// <summary>The partitions among these whose lock this session has now.</summary>
    public async Task<IReadOnlyList<int>> TryLockAsync(IReadOnlyCollection<int> partitions, CancellationToken cancellationToken)
    {
        if (partitions.Count == 0)
        {
            return [];
        }

        await using var command = Command("SELECT id FROM (SELECT id, pg_try_advisory_lock(@class, id) AS has FROM unnest(@ids) AS id) AS tried WHERE has");
        command.Parameters.AddWithValue("class", LockClass);
        AddIds(command, partitions);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var taken = new List<int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            taken.Add(reader.GetInt32(0));
        }

        return taken;
    }

    public async Task UnlockAsync(IReadOnlyCollection<int> partitions, CancellationToken cancellationToken)
    {
        if (partitions.Count > 0)
        {
            await using var command = Command("SELECT pg_advisory_unlock(@class, id) FROM unnest(@ids) AS id");
            command.Parameters.AddWithValue("class", LockClass);
            AddIds(command, partitions);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Begins a new term of partitions whose lock this session has. Those that a write still holds aren't among the answer.</summary>
    public async Task<IReadOnlyDictionary<int, long>> BeginTermsAsync(IReadOnlyCollection<int> partitions, CancellationToken cancellationToken)
    {
        await using var command = Command(Take);
        command.Parameters.AddWithValue("id", _self.Id);
        AddIds(command, partitions);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadTermsAsync(reader, cancellationToken);
    }

    /// <summary>This dashboard ends, and isn't counted from now on.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await using var command = Command("DELETE FROM \"Dashboards\" WHERE \"Id\" = @id");
        command.Parameters.AddWithValue("id", _self.Id);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();

    private NpgsqlCommand Command(string text)
    {
        var command = _connection.CreateCommand();
        command.CommandType = CommandType.Text;
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = text;
#pragma warning restore CA2100
        return command;
    }

    private static void AddIds(NpgsqlCommand command, IReadOnlyCollection<int> partitions) =>
        command.Parameters.Add(new("ids", NpgsqlDbType.Array | NpgsqlDbType.Integer) { Value = partitions.Order().ToArray() });

    private static async Task<IReadOnlyDictionary<int, long>> ReadTermsAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var terms = new Dictionary<int, long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            terms.Add(reader.GetInt32(0), reader.GetInt64(1));
        }

        return terms;
    }
}
