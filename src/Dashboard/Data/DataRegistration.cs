using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Data;

/// <summary>The database: one provider, chosen here; migrations of each provider have a folder of their own.</summary>
internal static class DataRegistration
{
    public static IServiceCollection AddDatabase(this IServiceCollection services, DataFolder folder, DashboardOptions options)
    {
        var database = DatabaseProvider.From(options);
        services.AddSingleton(database);
        if (database.IsPostgreSql)
        {
            services.AddDbContextFactory<PostgreSqlDashboardContext>(builder => database.Configure(builder));
            services.AddSingleton<IDbContextFactory<DashboardContext>, PostgreSqlDashboardContext.Factory>();
            services.AddDbContextFactory<PostgreSqlSecurityContext>(builder => database.Configure(builder, SecurityContext.MigrationsTable));
            services.AddSingleton<IDbContextFactory<SecurityContext>, PostgreSqlSecurityContext.Factory>();
            services.AddScoped<SecurityContext>(provider => provider.GetRequiredService<PostgreSqlSecurityContext>());
        }
        else
        {
            services.AddDbContextFactory<DashboardContext>(builder => database.Configure(builder));
            services.AddDbContextFactory<SecurityContext>(builder => database.Configure(builder, SecurityContext.MigrationsTable));
        }

        // By a factory, so that the container gives the folder free when the dashboard ends.
        services.AddSingleton(_ => folder);
        services.AddSingleton<OpeningTurn>();
        services.AddSingleton<StorageHealth>();
        services.AddSingleton<DatabaseRescue>();
        services.AddSingleton<DatabaseInitializer>();
        services.AddHostedService(provider =>
        {
            _ = provider.GetRequiredService<DataFolder>();
            return provider.GetRequiredService<DatabaseInitializer>();
        });
        return services;
    }
}
