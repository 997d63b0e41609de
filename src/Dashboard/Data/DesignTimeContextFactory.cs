using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace WsusDashboard.Dashboard.Data;

/// <summary>What "dotnet ef migrations add" makes the context with.</summary>
internal sealed class DesignTimeContextFactory : IDesignTimeDbContextFactory<DashboardContext>
{
    public DashboardContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<DashboardContext>().UseSqlite("Data Source=design.db").Options);
}
