using System.Globalization;
using Google.Protobuf;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Posture;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Posture;

/// <summary>Signs that were seen in the last 30 days, in the agent's file.</summary>
/// <remarks>Threading: one writer, the collector.</remarks>
internal sealed class SignStore(AgentStore store)
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const int MostKept = 200;

    /// <summary>Adds what was seen and returns what is kept, newest first.</summary>
    /// <exception cref="StoreException">The file cannot be used.</exception>
    public Task<IReadOnlyList<CompromiseSign>> AddAsync(IReadOnlyList<CompromiseSign> seen, DateTimeOffset now, CancellationToken cancellationToken) => store.WriteAsync<IReadOnlyList<CompromiseSign>>(
        connection =>
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            foreach (var sign in seen)
            {
                var at = sign.At is { } known && known <= now ? known : now;
                connection.Execute(
                    "INSERT INTO posture_signs (id, at, payload) VALUES ($id, $at, $payload) ON CONFLICT (id) DO NOTHING",
                    ("$id", Id(sign)),
                    ("$at", at.UtcTicks),
                    ("$payload", (sign with { At = at }).ToWire().ToByteArray()));
            }

            connection.Execute("DELETE FROM posture_signs WHERE at < $oldest", ("$oldest", (now - Kept).UtcTicks));
            connection.Execute("DELETE FROM posture_signs WHERE id NOT IN (SELECT id FROM posture_signs ORDER BY at DESC, id LIMIT $most)", ("$most", MostKept));
            var kept = connection.Query("SELECT payload FROM posture_signs ORDER BY at DESC, id", reader => Wire.CompromiseSign.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0)).ToDomain());
            transaction.Commit();
            return kept;
        },
        cancellationToken);

    /// <summary>The same process or event is the same sign, however often it is looked at. One whose time isn't known counts once.</summary>
    private static string Id(CompromiseSign sign) => string.Create(CultureInfo.InvariantCulture, $"{sign.Kind}|{sign.Subject}|{sign.Parent}|{sign.At?.UtcTicks ?? 0}");
}
