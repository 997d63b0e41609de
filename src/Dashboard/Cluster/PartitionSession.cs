using System.Data;
using Npgsql;
using NpgsqlTypes;
using WsusDashboard.Dashboard.Data;

namespace WsusDashboard.Dashboard.Cluster;

/// <summary>What the database says of the cluster at one moment.</summary>
/// <param name="Dashboards">Those whose heartbeat is fresh.</param>
/// <param name="Staying">Those of them that aren't about to end.</param>
/// <param name="Takers">Those of the staying that aren't drained.</param>
/// <param name="IsDrained">This one is.</param>
/// <param name="Terms">Terms of the partitions whose row names this dashboard.</param>
/// <param name="Locked">Partitions that somebody holds.</param>
internal sealed record ClusterBeat(int Dashboards, int Staying, int Takers, bool IsDrained, IReadOnlyDictionary<int, long> Terms, IReadOnlySet<int> Locked);

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

    /// <summary>One whose connection is gone too isn't counted so long: it was killed, unless it opens another one within this time.</summary>
    private const double LongestAbsenceSeconds = 1.5;

    private const string ApplicationPrefix = "WsusDashboard owner ";

    private const int AnswerSeconds = 2;

    private const string Beat = """
        INSERT INTO "Dashboards" ("Id", "Node", "Name", "Version", "Address", "IsLeaving", "StartedAt", "HeartbeatAt") VALUES (@id, @node, @name, @version, @address, @leaving, now(), now())
            ON CONFLICT ("Id") DO UPDATE SET "Address" = EXCLUDED."Address", "IsLeaving" = EXCLUDED."IsLeaving", "HeartbeatAt" = now();
        SELECT count(*)::int, (count(*) FILTER (WHERE NOT "IsLeaving"))::int, (count(*) FILTER (WHERE NOT "IsLeaving" AND NOT is_drained))::int, coalesce(bool_or(is_drained AND "Id" = @id), false)
            FROM (SELECT "Id", "IsLeaving", EXISTS (SELECT FROM "Drains" WHERE "Drains"."Node" = "Dashboards"."Node") AS is_drained FROM "Dashboards"
                WHERE "HeartbeatAt" > now() - make_interval(secs => CASE WHEN EXISTS (SELECT FROM pg_stat_activity WHERE application_name = @application || "Id") THEN @silence ELSE @absence END)) AS alive;
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
        var application = ApplicationPrefix + self.Id;
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
    /// <param name="isLeaving">True where it's about to end.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ClusterBeat> BeatAsync(bool isLeaving, CancellationToken cancellationToken)
    {
        await using var command = Command(Beat);
        command.Parameters.AddWithValue("id", _self.Id);
        command.Parameters.AddWithValue("node", _self.Node);
        command.Parameters.AddWithValue("leaving", isLeaving);
        command.Parameters.AddWithValue("name", _self.Name);
        command.Parameters.AddWithValue("version", _self.Version);
        command.Parameters.AddWithValue("address", _self.Address);
        command.Parameters.AddWithValue("silence", (double)LongestSilenceSeconds);
        command.Parameters.AddWithValue("absence", LongestAbsenceSeconds);
        command.Parameters.AddWithValue("application", ApplicationPrefix);
        command.Parameters.AddWithValue("class", (long)LockClass);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (dashboards, staying, takers, isDrained) = (reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetBoolean(3));
        await reader.NextResultAsync(cancellationToken);
        var terms = await ReadTermsAsync(reader, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var locked = new HashSet<int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            locked.Add(reader.GetInt32(0));
        }

        return new(dashboards, staying, takers, isDrained, terms, locked);
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

    /// <summary>Tells the other dashboards something at once.</summary>
    public async Task NotifyAsync(string channel, string text, CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT pg_notify(@channel, @text)");
        command.Parameters.AddWithValue("channel", channel);
        command.Parameters.AddWithValue("text", text);
        await command.ExecuteNonQueryAsync(cancellationToken);
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
