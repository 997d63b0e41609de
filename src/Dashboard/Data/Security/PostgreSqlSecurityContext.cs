using Microsoft.EntityFrameworkCore;

namespace WsusDashboard.Dashboard.Data.Security;

/// <summary>The same model on PostgreSQL; a type of its own, because migrations belong to a type.</summary>
public sealed class PostgreSqlSecurityContext(DbContextOptions<PostgreSqlSecurityContext> options) : SecurityContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);

        // Texts are compared letter by letter, as SQLite does.
        configurationBuilder.Properties<string>().UseCollation("C");
    }

    /// <summary>What the dashboard asks for is a SecurityContext, whichever database is behind it.</summary>
    internal sealed class Factory(IDbContextFactory<PostgreSqlSecurityContext> contexts) : IDbContextFactory<SecurityContext>
    {
        public SecurityContext CreateDbContext() => contexts.CreateDbContext();

        public async Task<SecurityContext> CreateDbContextAsync(CancellationToken cancellationToken = default) => await contexts.CreateDbContextAsync(cancellationToken);
    }
}
