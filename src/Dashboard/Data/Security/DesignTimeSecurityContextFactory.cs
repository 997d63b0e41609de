using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace WsusDashboard.Dashboard.Data.Security;

/// <summary>What "dotnet ef migrations add --context SecurityContext --output-dir Data/Security/Migrations/Sqlite" makes the context with.</summary>
internal sealed class DesignTimeSecurityContextFactory : IDesignTimeDbContextFactory<SecurityContext>
{
    public SecurityContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SecurityContext>().UseSqlite("Data Source=design.db", sqlite => sqlite.MigrationsHistoryTable(SecurityContext.MigrationsTable)).Options);
}

/// <summary>What "dotnet ef migrations add --context PostgreSqlSecurityContext --output-dir Data/Security/Migrations/PostgreSql" makes the context with.</summary>
internal sealed class DesignTimePostgreSqlSecurityContextFactory : IDesignTimeDbContextFactory<PostgreSqlSecurityContext>
{
    public PostgreSqlSecurityContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgreSqlSecurityContext>().UseNpgsql("Host=design", postgreSql => postgreSql.MigrationsHistoryTable(SecurityContext.MigrationsTable)).Options);
}
