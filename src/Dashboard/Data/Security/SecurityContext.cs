using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace WsusDashboard.Dashboard.Data.Security;

/// <summary>People, roles, sessions, tokens, the audit and the data-protection keys: the same database as the history, with migrations of its own. Open for <see cref="PostgreSqlSecurityContext"/> alone.</summary>
public class SecurityContext : IdentityUserContext<Person>, IDataProtectionKeyContext
{
    public const string MigrationsTable = "__SecurityMigrationsHistory";

    public SecurityContext(DbContextOptions<SecurityContext> options)
        : base(options)
    {
    }

    protected SecurityContext(DbContextOptions options)
        : base(options)
    {
    }

    public DbSet<GrantEntity> Grants => Set<GrantEntity>();

    public DbSet<SessionEntity> Sessions => Set<SessionEntity>();

    public DbSet<ApiTokenEntity> ApiTokens => Set<ApiTokenEntity>();

    public DbSet<OneTimeLinkEntity> OneTimeLinks => Set<OneTimeLinkEntity>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<AuditAnchor> AuditAnchors => Set<AuditAnchor>();

    public DbSet<HubKeyHolderEntity> HubKeyHolders => Set<HubKeyHolderEntity>();

    public DbSet<HubProofEntity> HubProofs => Set<HubProofEntity>();

    public DbSet<JoinOfferEntity> JoinOffers => Set<JoinOfferEntity>();

    public DbSet<TriedCodeEntity> TriedCodes => Set<TriedCodeEntity>();

    public DbSet<SignInAttemptEntity> SignInAttempts => Set<SignInAttemptEntity>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>The third has passkeys.</summary>
    protected override Version SchemaVersion => IdentitySchemaVersions.Version3;

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => AuditTriggers.AddTo(optionsBuilder);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<Person>().ToTable("People");
        builder.Entity<IdentityUserClaim<string>>().ToTable("PersonClaims");
        builder.Entity<IdentityUserLogin<string>>().ToTable("PersonLogins");
        builder.Entity<IdentityUserToken<string>>().ToTable("PersonSecrets");
        builder.Entity<IdentityUserPasskey<string>>(passkey =>
        {
            // The base makes it only where a service provider tells it the schema's version, which design time has not.
            passkey.ToTable("PersonPasskeys").HasKey(entity => entity.CredentialId);
            passkey.Property(entity => entity.CredentialId).HasMaxLength(1024);
            passkey.OwnsOne(entity => entity.Data).ToJson();
            passkey.HasOne<Person>().WithMany().HasForeignKey(entity => entity.UserId).OnDelete(DeleteBehavior.Cascade).IsRequired();
        });
        builder.Entity<GrantEntity>(grant =>
        {
            grant.ToTable("Grants").HasIndex(entity => new { entity.PersonId, entity.Site }).IsUnique();
            grant.HasOne<Person>().WithMany().HasForeignKey(entity => entity.PersonId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<SessionEntity>(session => session.HasOne<Person>().WithMany().HasForeignKey(entity => entity.PersonId).OnDelete(DeleteBehavior.Cascade));
        builder.Entity<ApiTokenEntity>(token => token.HasOne<Person>().WithMany().HasForeignKey(entity => entity.PersonId).OnDelete(DeleteBehavior.Cascade));
        builder.Entity<OneTimeLinkEntity>(link => link.HasOne<Person>().WithMany().HasForeignKey(entity => entity.PersonId).OnDelete(DeleteBehavior.Cascade));
        builder.Entity<AuditEntry>(entry =>
        {
            entry.HasKey(entity => entity.Sequence);
            entry.Property(entity => entity.Sequence).ValueGeneratedNever();
            entry.HasIndex(entity => entity.At);
            entry.HasIndex(entity => entity.ServerId);
            entry.HasIndex(entity => entity.Site);
        });
        builder.Entity<SignInAttemptEntity>().HasKey(entity => new { entity.Network, entity.Slot });
        builder.Entity<HubKeyHolderEntity>().HasKey(entity => entity.DashboardId);
        builder.Entity<HubProofEntity>().Property(entity => entity.Id).ValueGeneratedNever();
        builder.Entity<AuditAnchor>(anchor =>
        {
            anchor.HasKey(entity => entity.Sequence);
            anchor.Property(entity => entity.Sequence).ValueGeneratedNever();
        });
    }

    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        value => value.Kind == DateTimeKind.Utc ? value : value.ToUniversalTime(),
        value => DateTime.SpecifyKind(value, DateTimeKind.Utc));
}
