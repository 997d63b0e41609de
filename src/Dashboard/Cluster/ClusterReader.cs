using Npgsql;
using WsusDashboard.Dashboard.Data;

namespace WsusDashboard.Dashboard.Cluster;

/// <summary>A dashboard of the database: one that runs, one that went away without a word, or one that isn't running and is drained.</summary>
internal sealed record ClusterMember
{
    /// <summary>The same at each start.</summary>
    public required string Node { get; init; }

    /// <summary>Of this start; empty where it isn't running.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Version { get; init; }

    public required string Address { get; init; }

    public DateTime? StartedAt { get; init; }

    /// <summary>By the clock of the database; null where it isn't running.</summary>
    public TimeSpan? Silence { get; init; }

    public bool IsLeaving { get; init; }

    /// <summary>Null where it isn't drained.</summary>
    public DateTime? DrainedSince { get; init; }

    public string DrainedBy { get; init; } = "";

    /// <summary>What it holds the lock of, in ascending order.</summary>
    public IReadOnlyList<int> Partitions { get; init; } = [];

    /// <summary>True where its heartbeat is young enough for it to be counted.</summary>
    public bool IsAlive => Silence is { } silence && silence < TimeSpan.FromSeconds(PartitionSession.LongestSilenceSeconds);

    public bool IsDrained => DrainedSince is not null;
}

/// <summary>Reads who shares a PostgreSQL database, for people and scripts. Each dashboard's own loop knows the same, but not of the others.</summary>
internal sealed class ClusterReader(DatabaseProvider database)
{
    private const int AnswerSeconds = 5;

    /// <summary>Of a dashboard that was killed and started again, the newer start is told.</summary>
    private const string Members = """
        SELECT coalesce(d."Node", r."Node"), coalesce(d."Id", ''), coalesce(d."Name", r."Name"), coalesce(d."Version", ''), coalesce(d."Address", ''), d."StartedAt",
                extract(epoch FROM now() - d."HeartbeatAt")::float8, coalesce(d."IsLeaving", false), r."Since", coalesce(r."By", '')
            FROM (SELECT * FROM "Dashboards" AS x WHERE "HeartbeatAt" > now() - make_interval(secs => @silence) OR NOT EXISTS (SELECT FROM "Dashboards" AS newer WHERE newer."Node" = x."Node" AND newer."HeartbeatAt" > x."HeartbeatAt")) AS d
            FULL JOIN "Drains" AS r ON r."Node" = d."Node"
            ORDER BY 3, 1 LIMIT 200;
        SELECT p."Owner", p."Id" FROM "Partitions" AS p JOIN pg_locks AS l ON l.objid::bigint = p."Id"
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid = @class::bigint::oid AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY p."Id";
        """;

    /// <summary>At most 200, by name.</summary>
    /// <exception cref="NpgsqlException">The database can't be asked.</exception>
    public async Task<IReadOnlyList<ClusterMember>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = Members;
        command.CommandTimeout = AnswerSeconds;
        command.Parameters.AddWithValue("silence", (double)PartitionSession.LongestSilenceSeconds);
        command.Parameters.AddWithValue("class", (long)PartitionSession.LockClass);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var members = new List<ClusterMember>();
        while (await reader.ReadAsync(cancellationToken))
        {
            members.Add(ReadMember(reader));
        }

        await reader.NextResultAsync(cancellationToken);
        var owned = new List<(string Owner, int Partition)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            owned.Add((reader.GetString(0), reader.GetInt32(1)));
        }

        var byOwner = owned.ToLookup(entry => entry.Owner, entry => entry.Partition);
        return members.ConvertAll(member => member with { Partitions = [.. byOwner[member.Id]] });
    }

    private static ClusterMember ReadMember(NpgsqlDataReader row) => new()
    {
        Node = row.GetString(0),
        Id = row.GetString(1),
        Name = row.GetString(2),
        Version = row.GetString(3),
        Address = row.GetString(4),
        StartedAt = row.IsDBNull(5) ? null : row.GetDateTime(5),
        Silence = row.IsDBNull(6) ? null : TimeSpan.FromSeconds(row.GetDouble(6)),
        IsLeaving = row.GetBoolean(7),
        DrainedSince = row.IsDBNull(8) ? null : row.GetDateTime(8),
        DrainedBy = row.GetString(9),
    };
}
