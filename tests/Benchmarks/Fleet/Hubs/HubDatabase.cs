using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Host;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Shared.Trust;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Benchmarks.Fleet.Swarm;

namespace WsusDashboard.Benchmarks.Fleet.Hubs;

/// <summary>The data of one dashboard before it starts: its key, its database with the servers of the swarm as a pairing leaves them, and a person who may sign in.</summary>
/// <param name="Folder">Its data folder.</param>
/// <param name="Cluster">PostgreSQL, or null for SQLite in the folder.</param>
/// <param name="Name">Of the database in the cluster.</param>
internal sealed record HubDatabase(string Folder, PostgresCluster? Cluster, string Name)
{
    /// <summary>How the dashboard reaches PostgreSQL, if it isn't by the cluster's own socket.</summary>
    public string? Way { get; init; }

    private static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(6);

    /// <summary>Pin of the dashboard's key; the key is made where there is none.</summary>
    public string MakeKey()
    {
        using var keys = new IdentityKeys(Folder, "WsusDashboard hub benchmark", TimeProvider.System);
        return keys.Current.Pin;
    }

    /// <summary>Options of the dashboard that say where its data is.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Options()
    {
        yield return new("Dashboard:DataDirectory", Folder);
        if (Cluster is not null)
        {
            yield return new("Dashboard:Database:Provider", DatabaseOptions.PostgreSql);
            yield return new("Dashboard:Database:ConnectionString", Way ?? Cluster.ConnectionString(Name));
        }
    }

    /// <summary>Makes the database by the product's own migrations, and writes the servers.</summary>
    /// <param name="servers">Index and pin of the servers that this dashboard watches.</param>
    /// <param name="port">Of the swarm; null where its agents connect themselves.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="links">How many links to make.</param>
    /// <returns>Links (without host) that sign in, each once.</returns>
    public async Task<IReadOnlyList<string>> FillAsync(IEnumerable<(int Index, string Pin)> servers, int? port, CancellationToken cancellationToken, int links = 1)
    {
        var settings = Options().Append(new("Logging:LogLevel:Default", "None")).Append(new("Dashboard:Port", "0")).Append(new("Dashboard:EnrolmentPort", "0")).Append(new("Dashboard:ListenAddress", "127.0.0.1"));
        await using var dashboard = DashboardHost.Build([.. settings.Select(setting => $"--{setting.Key}={setting.Value}")]);
        await dashboard.StartAsync(cancellationToken);
        var hubPin = MakeKey();
        await using (var context = await dashboard.Services.GetRequiredService<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(cancellationToken))
        {
            context.ChangeTracker.AutoDetectChangesEnabled = false;
            context.Servers.AddRange(servers.Select(server => Entity(server.Index, server.Pin, port, hubPin)));
            await context.SaveChangesAsync(cancellationToken);
        }

        List<string> made = [];
        while (made.Count < links)
        {
            made.Add(await WsusDashboard.Dashboard.Features.SignIn.OwnAccess.MakeSignInLinkAsync(dashboard.Services, $"benchmark{made.Count + 1}", LinkLifetime, cancellationToken));
        }

        await dashboard.StopAsync(cancellationToken);
        SqliteConnection.ClearAllPools();
        return made;
    }

    /// <summary>Bytes that hold something; free pages of the file do not count.</summary>
    public async Task<long> SizeAsync(CancellationToken cancellationToken)
    {
        if (Cluster is not null)
        {
            await using var postgres = new NpgsqlConnection(Cluster.ConnectionString(Name, pooling: false));
            await postgres.OpenAsync(cancellationToken);
            await using var question = new NpgsqlCommand("SELECT pg_database_size(current_database())", postgres);
            return (long)(await question.ExecuteScalarAsync(cancellationToken))!;
        }

        await using var sqlite = new SqliteConnection($"Data Source={Path.Combine(Folder, "dashboard.db")};Mode=ReadOnly;Pooling=False");
        await sqlite.OpenAsync(cancellationToken);
        await using var pages = sqlite.CreateCommand();
        pages.CommandText = "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) - (SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size)";
        return (long)(await pages.ExecuteScalarAsync(cancellationToken))!;
    }

    private static ServerEntity Entity(int index, string pin, int? port, string hubPin)
    {
        var name = SwarmServer.NameOf(index);
        var site = name[..3];
        var address = port is null ? OutboundAddress.Of(SwarmServer.AgentIdOf(index)).AbsoluteUri.TrimEnd('/') : $"https://{SwarmServer.AddressOf(index)}:{port}";
        return new()
        {
            Name = name,
            NameKey = name.ToLowerInvariant(),
            Site = site,
            Address = address,
            SearchText = ServerEntity.SearchTextOf(name, site, address, name),
            AddedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
            AgentPin = pin,
            HubPin = hubPin,
            PairedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
            PairedBy = "benchmark",
        };
    }
}
