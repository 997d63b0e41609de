using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>What a passkey is asked for.</summary>
internal enum PasskeyPurpose
{
    SignIn = 0,
    Creation = 1,
    Confirmation = 2,
}

/// <summary>
/// The challenges that were given out and not answered yet. Each is good for one answer, to the same question, of the same session: Identity keeps its side
/// of the question in a cookie alone, so whoever had seen an answer with its cookie could send both again. Kept in memory: a restart asks again.
/// Threading: any thread; one lock.
/// </summary>
internal sealed class PasskeyChallenges(TimeProvider timeProvider)
{
    /// <summary>As long as the browser waits for the key.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly RecentKeys<(PasskeyPurpose Purpose, string Session)> _open = new(Lifetime, timeProvider);

    /// <param name="purpose">What is asked for.</param>
    /// <param name="session">The session that asks; empty for a sign-in.</param>
    /// <param name="options">The question as the browser gets it: JSON with a "challenge".</param>
    public void Note(PasskeyPurpose purpose, string session, string options)
    {
        using var question = JsonDocument.Parse(options);
        _open.TryAdd(Normal(question.RootElement.GetProperty("challenge").GetString()!), (purpose, session));
    }

    /// <summary>True for the first answer to a question of ours.</summary>
    /// <param name="purpose">What was asked for.</param>
    /// <param name="session">The session that answers; empty for a sign-in.</param>
    /// <param name="credential">What the browser's key answered, as JSON.</param>
    public bool TryUse(PasskeyPurpose purpose, string session, string credential) =>
        ReadChallenge(credential) is { } challenge && _open.TryTake(challenge, out var asked) && asked == (purpose, session);

    private static string? ReadChallenge(string credential)
    {
        try
        {
            using var answer = JsonDocument.Parse(credential);
            var said = answer.RootElement.GetProperty("response").GetProperty("clientDataJSON").GetString() ?? "";
            using var clientData = JsonDocument.Parse(Base64Url.DecodeFromChars(Normal(said)));
            return Normal(clientData.RootElement.GetProperty("challenge").GetString() ?? "");
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static string Normal(string base64Url) => base64Url.TrimEnd('=');
}

/// <summary>
/// The codes of authenticator apps that were tried a moment ago: each counts once, although an app shows it for half a minute and some tolerance is added. They lie in the database, as hashes: a code that was used at one
/// dashboard is used at all of them.
/// </summary>
internal sealed class AuthenticatorCodes(IDbContextFactory<SecurityContext> contexts, TimeProvider timeProvider)
{
    /// <summary>Longer than Identity takes a code: two steps of half a minute before and after.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>False where this person's code was tried before. Of several who try at once, one succeeds.</summary>
    public async Task<bool> TryUseAsync(string personId, string code, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var oldest = now - Lifetime;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.TriedCodes.Where(tried => tried.At < oldest).ExecuteDeleteAsync(cancellationToken);
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{personId} {code}")));
        if (await context.TriedCodes.AnyAsync(tried => tried.Id == id, cancellationToken))
        {
            return false;
        }

        context.TriedCodes.Add(new() { Id = id, At = now });
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException exception) when (StorageFault.Of(exception) == StorageProblem.None)
        {
            // Another one was quicker.
            return false;
        }
    }
}

/// <summary>What happened within a span of time, at most so many; measured by a clock that nobody sets. Threading: any thread.</summary>
internal sealed class RecentKeys<T>(TimeSpan lifetime, TimeProvider timeProvider)
{
    private const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (T Value, long At)> _entries = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, long At)> _order = new();

    /// <summary>False where it is there already.</summary>
    public bool TryAdd(string key, T value)
    {
        lock (_lock)
        {
            Forget();
            var now = timeProvider.GetTimestamp();
            if (!_entries.TryAdd(key, (value, now)))
            {
                return false;
            }

            _order.Enqueue((key, now));
            return true;
        }
    }

    /// <summary>Takes it out.</summary>
    public bool TryTake(string key, out T? value)
    {
        lock (_lock)
        {
            Forget();
            var isThere = _entries.Remove(key, out var entry);
            value = entry.Value;
            return isThere;
        }
    }

    private void Forget()
    {
        while (_order.TryPeek(out var oldest) && (_order.Count >= Capacity || timeProvider.GetElapsedTime(oldest.At) >= lifetime))
        {
            _order.Dequeue();

            // One that was taken out and came again is a younger one.
            if (_entries.TryGetValue(oldest.Key, out var entry) && entry.At == oldest.At)
            {
                _entries.Remove(oldest.Key);
            }
        }
    }
}
