using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Kernel.Options;

namespace WsusDashboard.Dashboard.Security.Accounts;

/// <summary>
/// Who may do what, as the database says it: read as a whole after each change, so that every question is answered from memory and a change counts at
/// once, in open circuits too. Threading: what is read is immutable and replaced as a whole; changes are read one after another.
/// </summary>
internal sealed class AccessCache(IDbContextFactory<SecurityContext> contexts, DatabaseInitializer database, DashboardOptions options, TimeProvider timeProvider, Announcements? announcements = null) : IDisposable
{
    /// <summary>The credential of the token that stands in the options; its person is nobody in particular.</summary>
    public const string PresetTokenId = "preset";

    /// <summary>The credential of the token of the options that reads metrics alone.</summary>
    public const string MetricsTokenId = "metrics";

    /// <summary>A session that was used later than now, by more than this, ends: the clock was set back, and for how long it was idle nobody knows.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _reading = new(1);
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Entries _entries = Entries.Empty;

    /// <summary>Raised after a change was read, on the thread that made it: a listener must hand over to its own.</summary>
    public event Action? Changed;

    /// <summary>Ends after the first reading: before that nobody may do anything.</summary>
    public Task WhenLoaded => _loaded.Task;

    public bool HasAdmin => _entries.People.Values.Any(person => !person.IsDisabled && person.Grants.Any(grant => grant is { Role: Role.Admin, Scope.IsWholeFleet: true }));

    /// <summary>What this identity may do now.</summary>
    public Access Find(CallerIdentity identity)
    {
        switch (identity.Kind)
        {
            case CallerKind.Dashboard:
                return Access.Dashboard;
            case CallerKind.Session:
                return IsAlive(identity) && _entries.People.TryGetValue(identity.PersonId, out var person) && !person.IsDisabled
                    ? new(CallerKind.Session, person.Name, person.Grants)
                    : Access.None;
            case CallerKind.Token:
                return FindToken(identity.CredentialId);
            default:
                return Access.None;
        }
    }

    /// <summary>The person of an account; null where there is none of this id.</summary>
    public KnownPerson? FindPerson(string id) => _entries.People.GetValueOrDefault(id);

    /// <summary>Everyone who has an account, in no order.</summary>
    public IReadOnlyList<KnownPerson> GetPeople() => _entries.People.Values;

    /// <summary>The identity behind a token as it was sent; null where it is none, is wrong, or has expired.</summary>
    public CallerIdentity? Recognize(string token, string from)
    {
        if (IsToken(token, options.Api.Token))
        {
            return new(CallerKind.Token, "", PresetTokenId, from);
        }

        if (IsToken(token, options.Metrics.Token))
        {
            return new(CallerKind.Token, "", MetricsTokenId, from);
        }

        return ApiTokenText.TryRead(token, out var id, out var hash) && _entries.Tokens.TryGetValue(id, out var known)
            && CryptographicOperations.FixedTimeEquals(hash, known.Hash) && FindToken(id).IsSignedIn
            ? new(CallerKind.Token, known.PersonId, id, from)
            : null;
    }

    /// <summary>Something has changed: reads everything again and tells who listens, other dashboards too.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        announcements?.Tell(Topics.Access, "changed");
    }

    /// <summary>Reads everything again and tells who listens here.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            _entries = await Entries.ReadAsync(context, cancellationToken);
        }
        finally
        {
            _reading.Release();
        }

        _loaded.TrySetResult();
        Changed?.Invoke();
    }

    /// <summary>Waits until the first reading.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await database.WhenOpened.WaitAsync(cancellationToken);
        await ReadAsync(cancellationToken);
    }

    /// <summary>Notes that a session is in use, without a reading.</summary>
    public void Touch(string sessionId, DateTimeOffset at)
    {
        if (_entries.Sessions.TryGetValue(sessionId, out var session))
        {
            session.LastSeenAt = at;
        }
    }

    public bool IsAlive(CallerIdentity identity) =>
        _entries.Sessions.TryGetValue(identity.CredentialId, out var session)
        && session.PersonId == identity.PersonId
        && timeProvider.GetUtcNow() - session.LastSeenAt is var idle
        && idle < TimeSpan.FromHours(options.SignIn.SessionIdleHours)
        && idle > -ClockTolerance;

    public DateTimeOffset? LastSeen(string sessionId) => _entries.Sessions.TryGetValue(sessionId, out var session) ? session.LastSeenAt : null;

    public void Dispose() => _reading.Dispose();

    private static bool IsToken(string sent, Secret token) => !token.IsEmpty && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), Encoding.UTF8.GetBytes(token.Reveal()));

    private Access FindToken(string id)
    {
        if (id == MetricsTokenId)
        {
            return options.Metrics.Token.IsEmpty ? Access.None : Access.Metrics;
        }

        if (id == PresetTokenId)
        {
            return options.Api.Token.IsEmpty ? Access.None : new(CallerKind.Token, "preset token", Access.Dashboard.Grants);
        }

        if (!_entries.Tokens.TryGetValue(id, out var token) || token.ExpiresAt <= timeProvider.GetUtcNow() || !_entries.People.TryGetValue(token.PersonId, out var person) || person.IsDisabled)
        {
            return Access.None;
        }

        // At most what the token says, and at most what its person may now.
        var grants = person.Grants
            .Select(grant => new Grant(grant.Role < token.Ceiling.Role ? grant.Role : token.Ceiling.Role, grant.Scope.And(token.Ceiling.Scope)))
            .Where(grant => !grant.Scope.IsNothing);
        return new(CallerKind.Token, $"{person.Name} (token {token.Name})", [.. grants]);
    }

    private sealed class Session(string personId, DateTimeOffset lastSeenAt)
    {
        private long _lastSeenTicks = lastSeenAt.UtcTicks;

        public string PersonId => personId;

        public DateTimeOffset LastSeenAt
        {
            get => new(Volatile.Read(ref _lastSeenTicks), TimeSpan.Zero);
            set => Volatile.Write(ref _lastSeenTicks, value.UtcTicks);
        }
    }

    private sealed record Token(string PersonId, string Name, byte[] Hash, Grant Ceiling, DateTimeOffset ExpiresAt);

    private sealed record Entries(FrozenDictionary<string, KnownPerson> People, FrozenDictionary<string, Session> Sessions, FrozenDictionary<string, Token> Tokens)
    {
        public static Entries Empty { get; } = new(FrozenDictionary<string, KnownPerson>.Empty, FrozenDictionary<string, Session>.Empty, FrozenDictionary<string, Token>.Empty);

        public static async Task<Entries> ReadAsync(SecurityContext context, CancellationToken cancellationToken)
        {
            var grants = (await context.Grants.AsNoTracking().ToListAsync(cancellationToken)).ToLookup(grant => grant.PersonId);
            var people = await context.Users.AsNoTracking().Select(person => new { person.Id, person.DisplayName, person.IsDisabled }).ToListAsync(cancellationToken);
            var sessions = await context.Sessions.AsNoTracking().Select(session => new { session.Id, session.PersonId, session.LastSeenAt }).ToListAsync(cancellationToken);
            var tokens = await context.ApiTokens.AsNoTracking().ToListAsync(cancellationToken);
            return new(
                people.ToFrozenDictionary(person => person.Id, person => new KnownPerson(person.Id, person.DisplayName, person.IsDisabled, GrantRows.ToGrants(grants[person.Id])), StringComparer.Ordinal),
                sessions.ToFrozenDictionary(session => session.Id, session => new Session(session.PersonId, session.LastSeenAt.ToOffset()), StringComparer.Ordinal),
                tokens.ToFrozenDictionary(
                    token => token.Id,
                    token => new Token(token.PersonId, token.Name, token.Hash, new(token.Role, GrantRows.ToScope(token.Sites)), token.ExpiresAt.ToOffset()),
                    StringComparer.Ordinal));
        }
    }
}

/// <summary>An account, and what its person may do in a session.</summary>
/// <param name="Name">As pages call the person now.</param>
internal sealed record KnownPerson(string Id, string Name, bool IsDisabled, IReadOnlyList<Grant> Grants)
{
    /// <summary>Empty for an account that is disabled.</summary>
    public SiteScope ScopeOf(Permission permission) => IsDisabled ? SiteScope.Nothing : new Access(CallerKind.Session, Name, Grants).ScopeOf(permission);
}
