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
    private const string SuccessionPurpose = "hub-succession";
    private const int SealingKeyBytes = 32;

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
        if (!HubFiles.Exist(options) || known.HubId != hub.Id || !CryptographicOperations.FixedTimeEquals(known.KeyProof, Prove(known.HubId)) || !TryAdopt(known))
        {
            throw new DashboardStartException(DashboardJoining.Sentence(database, options));
        }
    }

    /// <summary>
    /// Prepares the next key, where none is prepared yet, and lays it into the database for the other dashboards: sealed with the key in use and with the key file, so that neither the database nor the key file alone
    /// gives it away.
    /// </summary>
    public async Task BeginSuccessionAsync(CancellationToken cancellationToken)
    {
        if (!database.IsPostgreSql)
        {
            hub.Keys.PrepareNext();
            return;
        }

        // One at a time: two people may ask for it at two dashboards.
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var proof = (await context.HubProofs.FromSql($"""SELECT * FROM "HubProofs" FOR UPDATE""").AsNoTracking().ToListAsync(cancellationToken)).Single();
        if (proof.NextPin is null)
        {
            var next = hub.Keys.PrepareNext();
            var box = SealedBox.Seal(SealingKey(), Encoding.ASCII.GetBytes(next.ToPem()));
            await context.HubProofs.ExecuteUpdateAsync(
                update => update.SetProperty(known => known.NextPin, next.Pin).SetProperty(known => known.SealedKey, box).SetProperty(known => known.SealedPin, next.Pin), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The next key becomes the hub's key; before it is used.</summary>
    public async Task RenewAsync(string hubPin, CancellationToken cancellationToken)
    {
        if (database.IsPostgreSql)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            await context.HubProofs.Where(proof => proof.NextPin == hubPin)
                .ExecuteUpdateAsync(update => update.SetProperty(proof => proof.HubPin, hubPin).SetProperty(proof => proof.NextPin, (string?)null), cancellationToken);
        }
    }

    /// <summary>Takes the keys of the database over, as far as a change of them goes: the next one out of its seal, and into use where it is.</summary>
    /// <returns>False where another key is in use, and this dashboard can't come to it.</returns>
    public bool TryAdopt(HubProofEntity proof)
    {
        var newest = proof.NextPin ?? proof.HubPin;
        if (!IsOwn(newest) && proof.SealedKey is { } box && KeyPin.AreSame(proof.SealedPin, newest) && TryOpen(box) is { } next)
        {
            if (!KeyPin.AreSame(next.Pin, newest))
            {
                next.Dispose();
                return IsOwn(proof.HubPin);
            }

            hub.Keys.AdoptNext(next);
        }

        if (KeyPin.AreSame(hub.Keys.Next?.Pin, proof.HubPin))
        {
            hub.Keys.TakeNext();
        }

        return KeyPin.AreSame(hub.Keys.Current.Pin, proof.HubPin);
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

    private byte[] SealingKey() => HKDF.DeriveKey(HashAlgorithmName.SHA256, [.. keyFile.Derive(SuccessionPurpose), .. hub.Keys.Current.Derive(SuccessionPurpose)], SealingKeyBytes);

    /// <summary>Null where it was sealed with other keys than this dashboard has.</summary>
    private IdentityKey? TryOpen(byte[] box)
    {
        try
        {
            return IdentityKey.FromPem(Encoding.ASCII.GetString(SealedBox.Open(SealingKey(), box)));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private bool IsOwn(string hubPin) => KeyPin.AreSame(hub.Keys.Current.Pin, hubPin) || KeyPin.AreSame(hub.Keys.Next?.Pin, hubPin);

    private byte[] Prove(string hubId) => HMACSHA256.HashData(keyFile.Derive(Purpose), Encoding.ASCII.GetBytes(hubId));
}
