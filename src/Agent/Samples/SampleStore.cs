using Google.Protobuf;
using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Samples;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Samples;

/// <summary>The samples of the last days, one a minute, kept in the agent's file for a hub that is away.</summary>
/// <remarks>Threading: one sampler writes; any thread reads.</remarks>
public sealed class SampleStore
{
    private const int PruneEvery = 60;
    private const int MinutesPerDay = 24 * 60;

    private readonly AgentStore _store;
    private long _lastMinute;

    public SampleStore(AgentStore store)
    {
        _store = store;
        _lastMinute = store.Read(connection => connection.Scalar<long>("SELECT COALESCE(MAX(minute), 0) FROM samples"));
    }

    /// <summary>Raised after a sample was written, on the writer's thread: a receiver only sets a signal.</summary>
    public event Action? Appended;

    /// <summary>The newest minute that has a sample; 0 before the first.</summary>
    public long LastMinute => Interlocked.Read(ref _lastMinute);

    /// <summary>Writes the sample of a minute; one of a minute that is not newer than the last is passed over, so that none is sent twice.</summary>
    /// <exception cref="StoreException">The file cannot be written.</exception>
    public Task AppendAsync(ServerSample sample, CancellationToken cancellationToken) => AppendAsync([sample], cancellationToken);

    /// <summary>Writes samples in the order of their minutes, all or none of them; the rule for one holds for the first of them.</summary>
    /// <exception cref="StoreException">The file cannot be written.</exception>
    public async Task AppendAsync(IReadOnlyList<ServerSample> samples, CancellationToken cancellationToken)
    {
        if (samples.Count == 0)
        {
            return;
        }

        var (first, last) = (samples[0].Minute, samples[^1].Minute);

        // A clock that was far ahead and is set right again must not silence the samples until then.
        var isClockSetBack = LastMinute - first > MinutesPerDay;
        if (first <= LastMinute && !isClockSetBack)
        {
            return;
        }

        await _store.WriteAsync(connection =>
        {
            using var transaction = connection.BeginTransaction();
            if (isClockSetBack)
            {
                connection.Execute("DELETE FROM samples WHERE minute > $minute", ("$minute", first));
            }

            Insert(connection, samples);

            if (last % PruneEvery == 0)
            {
                connection.Execute("DELETE FROM samples WHERE minute < $oldest", ("$oldest", last - (long)ContractLimits.SampleRetention.TotalMinutes));
            }

            transaction.Commit();
            return samples.Count;
        }, cancellationToken).ConfigureAwait(false);
        Interlocked.Exchange(ref _lastMinute, last);
        Appended?.Invoke();
    }

    /// <summary>Samples after a minute, in order.</summary>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    public IReadOnlyList<Wire.Sample> Read(long afterMinute, int maximum) => _store.Read(connection => connection.Query(
        "SELECT payload FROM samples WHERE minute > $after ORDER BY minute LIMIT $maximum",
        reader => Wire.Sample.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0)),
        ("$after", afterMinute),
        ("$maximum", maximum)));

    private static void Insert(SqliteConnection connection, IReadOnlyList<ServerSample> samples)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT OR REPLACE INTO samples (minute, payload) VALUES ($minute, $payload)";
        var minute = command.Parameters.Add("$minute", SqliteType.Integer);
        var payload = command.Parameters.Add("$payload", SqliteType.Blob);
        foreach (var sample in samples)
        {
            (minute.Value, payload.Value) = (sample.Minute, sample.ToWire().ToByteArray());
            command.ExecuteNonQuery();
        }
    }
}
