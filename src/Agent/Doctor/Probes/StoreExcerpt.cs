using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Syncs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>The newest that the agent's file knows, read without a lock that a running agent would notice.</summary>
/// <param name="SyncRunCount">All synchronizations kept.</param>
/// <param name="RepairCount">All repairs kept.</param>
/// <param name="SyncRuns">The newest synchronizations, newest first.</param>
/// <param name="Repairs">The newest repairs as the journal keeps them, JSON documents, newest first.</param>
internal sealed record StoreExcerpt(long SyncRunCount, long RepairCount, IReadOnlyList<SyncRun> SyncRuns, IReadOnlyList<string> Repairs)
{
    public const string FileName = "agent.db";
    private const int Newest = 20;

    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public static StoreExcerpt Read(string dataDirectory)
    {
        var connectionString = new SqliteConnectionStringBuilder { DataSource = Path.Combine(dataDirectory, FileName), Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 5 }.ToString();
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        var hasRuns = HasTable(connection, "sync_runs");
        var hasRepairs = HasTable(connection, "repair_run");
        return new StoreExcerpt(
            hasRuns ? connection.Scalar<long>("SELECT COUNT(*) FROM sync_runs") : 0,
            hasRepairs ? connection.Scalar<long>("SELECT COUNT(*) FROM repair_run") : 0,
            hasRuns ? connection.Query("SELECT payload FROM sync_runs ORDER BY started_at DESC, id DESC LIMIT $newest", ReadRun, ("$newest", Newest)) : [],
            hasRepairs ? connection.Query("SELECT document FROM repair_run ORDER BY started_at DESC LIMIT $newest", reader => reader.GetString(0), ("$newest", Newest)) : []);
    }

    private static SyncRun ReadRun(SqliteDataReader reader) => Wire.SyncRun.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0)).ToDomain();

    private static bool HasTable(SqliteConnection connection, string name) =>
        connection.Scalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $name", ("$name", name)) > 0;
}
