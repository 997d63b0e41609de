using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace WsusDashboard.Dashboard.Data;

/// <summary>What "dotnet ef migrations add --context DashboardContext --output-dir Data/Migrations/Sqlite" makes the context with.</summary>
internal sealed class DesignTimeContextFactory : IDesignTimeDbContextFactory<DashboardContext>
{
    public DashboardContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<DashboardContext>().UseSqlite("Data Source=design.db").Options);
}

/// <summary>What "dotnet ef migrations add --context PostgreSqlDashboardContext --output-dir Data/Migrations/PostgreSql" makes the context with.</summary>
internal sealed class DesignTimePostgreSqlContextFactory : IDesignTimeDbContextFactory<PostgreSqlDashboardContext>
{
    public PostgreSqlDashboardContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgreSqlDashboardContext>().UseNpgsql("Host=design").Options);
}
