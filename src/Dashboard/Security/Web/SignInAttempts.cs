using System.Threading.RateLimiting;
using Npgsql;
using WsusDashboard.Dashboard.Data;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>Counts the attempts to sign in from a network at all dashboards of a PostgreSQL database: with several dashboards nobody gets more of them. Threading: any.</summary>
internal sealed partial class SignInAttempts(DatabaseProvider database, ILogger<SignInAttempts> logger)
{
    private const int SlotSeconds = 10;
    private const int Slots = 6;
    private const int AnswerSeconds = 3;

    private const string Note = """
        DELETE FROM "SignInAttempts" WHERE "Slot" <= floor(extract(epoch FROM now()) / @seconds)::bigint - @slots;
        INSERT INTO "SignInAttempts" ("Network", "Slot", "Count") VALUES (@network, floor(extract(epoch FROM now()) / @seconds)::bigint, 1)
            ON CONFLICT ("Network", "Slot") DO UPDATE SET "Count" = "SignInAttempts"."Count" + 1;
        SELECT sum("Count")::bigint FROM "SignInAttempts" WHERE "Network" = @network;
        """;

    /// <summary>False with SQLite: there is one dashboard, which counts by itself.</summary>
    public bool AreShared => database.IsPostgreSql;

    /// <summary>Counts one, and says how many there were within a minute; 0 where the database doesn't answer: then nobody signs in anyway.</summary>
    public async Task<long> CountAsync(string network, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(database.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = Note;
            command.CommandTimeout = AnswerSeconds;
            command.Parameters.AddWithValue("network", network);
            command.Parameters.AddWithValue("seconds", SlotSeconds);
            command.Parameters.AddWithValue("slots", Slots);
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException)
        {
            Log.NotCounted(logger, exception);
            return 0;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "An attempt to sign in couldn't be counted for all dashboards")]
        public static partial void NotCounted(ILogger logger, Exception exception);
    }
}

/// <summary>The limit of one network: this dashboard's own window first, then what all dashboards counted.</summary>
/// <param name="own">Of this dashboard.</param>
/// <param name="network">Whose attempts are counted.</param>
/// <param name="permits">Attempts a minute.</param>
/// <param name="attempts">Of all dashboards.</param>
internal sealed class SharedSignInLimiter(RateLimiter own, string network, int permits, SignInAttempts attempts) : RateLimiter
{
    /// <summary>Where all attempts of a minute are used up, the first of them are this long away from being forgotten.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    public override TimeSpan? IdleDuration => own.IdleDuration;

    public override RateLimiterStatistics? GetStatistics() => own.GetStatistics();

    /// <summary>Never at once: the database is asked.</summary>
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => new RefusedLease(null);

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        var lease = own.AttemptAcquire(permitCount);
        if (!lease.IsAcquired || await attempts.CountAsync(network, cancellationToken) <= permits)
        {
            return lease;
        }

        lease.Dispose();
        return new RefusedLease(RetryAfter);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            own.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class RefusedLease(TimeSpan? retryAfter) : RateLimitLease
    {
        public override bool IsAcquired => false;

        public override IEnumerable<string> MetadataNames => retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
            return metadata is not null;
        }
    }
}
