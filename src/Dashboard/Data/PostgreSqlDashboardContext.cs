using Microsoft.EntityFrameworkCore;

namespace WsusDashboard.Dashboard.Data;

/// <summary>The same model on PostgreSQL; a type of its own, because migrations belong to a type.</summary>
public sealed class PostgreSqlDashboardContext(DbContextOptions<PostgreSqlDashboardContext> options) : DashboardContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);

        // Texts are compared letter by letter, as SQLite does: the same order of the same rows on both, whatever the cluster was made with.
        configurationBuilder.Properties<string>().UseCollation("C");
    }

    /// <summary>What the dashboard asks for is a DashboardContext, whichever database is behind it.</summary>
    internal sealed class Factory(IDbContextFactory<PostgreSqlDashboardContext> contexts) : IDbContextFactory<DashboardContext>
    {
        public DashboardContext CreateDbContext() => contexts.CreateDbContext();

        public async Task<DashboardContext> CreateDbContextAsync(CancellationToken cancellationToken = default) => await contexts.CreateDbContextAsync(cancellationToken);
    }
}
