using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Joining;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Agents.Identity;

/// <summary>
/// All dashboards of a PostgreSQL database are one hub for the agents, and have one key file: the database keeps a proof of both, which tells neither. Who has others is turned away before anything is written, and who
/// has them can let another dashboard join. A SQLite database has one dashboard, and its folder.
/// </summary>
internal sealed class HubMembership(IDbContextFactory<SecurityContext> contexts, DatabaseProvider database, KeyFile keyFile, HubIdentity hub, DashboardOptions options, TimeProvider timeProvider)
{
    /// <summary>How long a join token can be used.</summary>
    public static TimeSpan TokenLife { get; } = TimeSpan.FromHours(1);

    private const string Purpose = "hub-proof";

    public bool CanBeJoined => database.IsPostgreSql;

    /// <summary>Compares this dashboard's keys with those of the database; an empty database takes these.</summary>
    /// <exception cref="DashboardStartException">They are others.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (!database.IsPostgreSql)
        {
            return;
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var known = await context.HubProofs.AsNoTracking().SingleOrDefaultAsync(proof => proof.Id == HubProofEntity.OnlyId, cancellationToken);
        if (known is null)
        {
            context.HubProofs.Add(new() { Id = HubProofEntity.OnlyId, HubId = hub.Id, HubPin = hub.Keys.Current.Pin, KeyProof = Prove(hub.Id) });
            await context.SaveChangesAsync(cancellationToken);
            return;
        }

        // Looked at before keys are made that nobody knows.
        if (!HubFiles.Exist(options) || known.HubId != hub.Id || !CryptographicOperations.FixedTimeEquals(known.KeyProof, Prove(known.HubId)) || !IsOwn(known.HubPin))
        {
            throw new DashboardStartException(DashboardJoining.Sentence(database, options));
        }
    }

    /// <summary>The hub's key becomes another one; before it is used.</summary>
    public async Task RenewAsync(string hubPin, CancellationToken cancellationToken)
    {
        if (database.IsPostgreSql)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            await context.HubProofs.ExecuteUpdateAsync(update => update.SetProperty(proof => proof.HubPin, hubPin), cancellationToken);
        }
    }

    /// <summary>Seals this dashboard's keys for one that joins. The value is shown once, to whoever asked.</summary>
    /// <exception cref="IOException">A key can't be read.</exception>
    public async Task<(string Token, DateTimeOffset ExpiresAt)> OfferAsync(CancellationToken cancellationToken)
    {
        // Made where there are none yet.
        _ = (hub.Id, hub.Keys.Current);
        var token = JoinToken.Create();
        var now = timeProvider.GetUtcNow();
        var expiresAt = now + TokenLife;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.JoinOffers.Where(offer => offer.ExpiresAt < now.UtcDateTime).ExecuteDeleteAsync(cancellationToken);
        context.JoinOffers.Add(new() { Id = token.Id, Sealed = token.Seal(HubFiles.Read(options).Pack()), ExpiresAt = expiresAt.UtcDateTime });
        await context.SaveChangesAsync(cancellationToken);
        return (token.Reveal(), expiresAt);
    }

    /// <summary>The next key counts too: a change of keys may have been ended in the middle.</summary>
    private bool IsOwn(string hubPin) => KeyPin.AreSame(hub.Keys.Current.Pin, hubPin) || KeyPin.AreSame(hub.Keys.Next?.Pin, hubPin);

    private byte[] Prove(string hubId) => HMACSHA256.HashData(keyFile.Derive(Purpose), Encoding.ASCII.GetBytes(hubId));
}
