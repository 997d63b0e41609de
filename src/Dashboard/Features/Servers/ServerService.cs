using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Baselines;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>Adds, edits, removes and describes servers.</summary>
public sealed class ServerService
{
    private readonly IDbContextFactory<DashboardContext> _contexts;
    private readonly ServerWatch _watch;
    private readonly ConnectionTester _tester;
    private readonly AuditLog _audit;
    private readonly StorageHealth _health;
    private readonly DashboardOptions _options;
    private readonly TimeProvider _timeProvider;

    internal ServerService(IDbContextFactory<DashboardContext> contexts, ServerWatch watch, ConnectionTester tester, AuditLog audit, StorageHealth health, DashboardOptions options, TimeProvider timeProvider)
    {
        (_contexts, _watch, _tester, _audit) = (contexts, watch, tester, audit);
        (_health, _options, _timeProvider) = (health, options, timeProvider);
    }

    /// <summary>Null where there is no such server.</summary>
    public async Task<ServerDetail?> GetAsync(int id, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        var server = await context.Servers.AsNoTracking().FirstOrDefaultAsync(entity => entity.Id == id, cancellationToken);
        if (server is null)
        {
            return null;
        }

        var facts = ToFacts(server);
        var live = _watch.Find(id) ?? new ServerLive
        {
            Id = id,
            Name = server.Name,
            Site = server.Site,
            Address = server.Address,
            Baseline = facts.Baseline,
            Status = server.Status,
            Link = LinkStatus.NotStarted with { LastMessageAt = server.LastContactAt.ToOffset() },
        };
        return new() { Facts = facts, Live = live, Comparisons = Compare(live, facts.Baseline) };
    }

    /// <summary>The WSUS pool of a server beside each baseline, its own first.</summary>
    public static IReadOnlyList<BaselineComparison> Compare(ServerLive server, string ownBaseline) =>
        server.Snapshot?.Iis.Value?.WsusPool is not { } pool
            ? []
            : [.. BaselineCatalog.All
                .OrderByDescending(baseline => baseline.Id == ownBaseline)
                .Select(baseline => new BaselineComparison(baseline, BaselineComparer.Compare(pool.Settings, baseline)))];

    /// <summary>Adds a server and begins to watch it. Failures: Invalid, Conflict (address taken), Unavailable (database).</summary>
    public async Task<Outcome<ServerFacts>> AddAsync(ServerInput input, string who, CancellationToken cancellationToken)
    {
        var errors = ServerValidation.Check(input);
        if (errors.Count > 0)
        {
            return Invalid.Of(errors);
        }

        _ = ServerValidation.CheckAddress(input.Address, out var address);
        var server = new ServerEntity { Name = "", NameKey = "", Address = "", Site = "", AddedAt = _timeProvider.GetUtcNow().UtcDateTime };
        Apply(input, address!, server);
        return await SaveAsync(server, "server.add", who, isNew: true, cancellationToken);
    }

    /// <summary>Failures: NotFound, Invalid, Conflict, Unavailable.</summary>
    public async Task<Outcome<ServerFacts>> EditAsync(int id, ServerInput input, string who, CancellationToken cancellationToken)
    {
        var errors = ServerValidation.Check(input);
        if (errors.Count > 0)
        {
            return Invalid.Of(errors);
        }

        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        var server = await context.Servers.AsNoTracking().FirstOrDefaultAsync(entity => entity.Id == id, cancellationToken);
        if (server is null)
        {
            return Missing(id);
        }

        _ = ServerValidation.CheckAddress(input.Address, out var address);
        Apply(input, address!, server);
        return await SaveAsync(server, "server.edit", who, isNew: false, cancellationToken);
    }

    /// <summary>Stops watching a server and deletes its history here; nothing is changed on the server itself.</summary>
    public async Task<Outcome<Done>> RemoveAsync(int id, string who, CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
            var server = await context.Servers.AsNoTracking().FirstOrDefaultAsync(entity => entity.Id == id, cancellationToken);
            if (server is null)
            {
                return Missing(id);
            }

            // The row first: where the database refuses, the server goes on being watched.
            await context.Servers.Where(entity => entity.Id == id).ExecuteDeleteAsync(cancellationToken);
            await _watch.StopAsync(id);
            await _audit.WriteAsync(who, "server.remove", id, server.Name, server.Address, "done");
            return Done.Instance;
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception);
        }
    }

    /// <summary>Tries name, connection, protocol and version, in this order. Failure: Invalid.</summary>
    public async Task<Outcome<ConnectionTest>> TestConnectionAsync(string address, CancellationToken cancellationToken) =>
        ServerValidation.CheckAddress(address, out var uri) is { } error
            ? Invalid.Of(error)
            : await _tester.TestAsync(uri!, cancellationToken);

    private static void Apply(ServerInput input, Uri address, ServerEntity server)
    {
        var name = input.Name?.Trim();
        server.Name = string.IsNullOrEmpty(name) ? (server.ComputerName.Length > 0 ? server.ComputerName : address.Host) : name;
        server.NameKey = server.Name.ToLowerInvariant();
        server.Address = ServerValidation.Normal(address);
        server.Site = input.Site?.Trim() ?? "";
        server.Baseline = string.IsNullOrWhiteSpace(input.Baseline) ? null : BaselineCatalog.Find(input.Baseline)?.Id;
        server.SearchText = ServerEntity.SearchTextOf(server.Name, server.Site, server.Address, server.ComputerName);
    }

    private async Task<Outcome<ServerFacts>> SaveAsync(ServerEntity server, string what, string who, bool isNew, CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
            var taken = await context.Servers.AsNoTracking().Where(other => other.Address == server.Address && other.Id != server.Id).Select(other => other.Name).FirstOrDefaultAsync(cancellationToken);
            if (taken is not null)
            {
                return new Conflict($"{server.Address} is the address of {taken} already. Remove that server first, or enter another address.");
            }

            if (isNew)
            {
                context.Servers.Add(server);
            }
            else
            {
                AttachEdited(context, server);
            }

            await context.SaveChangesAsync(cancellationToken);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception);
        }

        await _watch.RestartAsync(server);
        await _audit.WriteAsync(who, what, server.Id, server.Name, server.Address, "done");
        return ToFacts(server);
    }

    /// <summary>Only what a person enters: the status columns belong to ingest.</summary>
    private static void AttachEdited(DashboardContext context, ServerEntity server)
    {
        var entry = context.Servers.Attach(server);
        entry.Property(entity => entity.Name).IsModified = true;
        entry.Property(entity => entity.NameKey).IsModified = true;
        entry.Property(entity => entity.Address).IsModified = true;
        entry.Property(entity => entity.Site).IsModified = true;
        entry.Property(entity => entity.Baseline).IsModified = true;
        entry.Property(entity => entity.SearchText).IsModified = true;
    }

    private Unavailable NotStored(Exception exception)
    {
        _health.ReportFailure(StorageFault.Of(exception));
        return new($"Nothing was saved. {_health.Current.Message}");
    }

    private ServerFacts ToFacts(ServerEntity server) => new()
    {
        Id = server.Id,
        Name = server.Name,
        Address = server.Address,
        Site = server.Site,
        Baseline = server.Baseline ?? _options.DefaultBaseline,
        AddedAt = server.AddedAt.ToOffset(),
        ComputerName = server.ComputerName,
        OperatingSystem = server.OperatingSystem,
        AgentVersion = server.AgentVersion,
        WsusVersion = server.WsusVersion,
        Roles = server.Roles.Split(',', StringSplitOptions.RemoveEmptyEntries),
    };

    private static NotFound Missing(int id) => new($"There is no server {id}.");
}
