using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Servers.Sections;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Baselines;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>Adds, edits, removes and describes servers.</summary>
internal sealed class ServerService(IDbContextFactory<DashboardContext> contexts, VisibleServers servers, ServerWatcher watch, ConnectionTester tester, AgentReaches reaches, AuditTrail audit, StorageHealth health, DashboardOptions options, TimeProvider timeProvider)
{
    private Caller Caller => audit.Caller;

    /// <summary>Null where there is no such server, or the caller may not see it.</summary>
    public async Task<ServerDetail?> GetAsync(int id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var server = await context.Servers.AsNoTracking().FirstOrDefaultAsync(entity => entity.Id == id, cancellationToken);
        if (server is null || !Caller.May(Permission.View, server.Site))
        {
            return null;
        }

        var facts = ToFacts(server);
        await servers.WhenLoadedAsync(cancellationToken);
        return servers.Find(id) is { } live
            ? new() { Facts = facts, Absence = facts.AgentKey is null ? null : await reaches.FindAsync(id, cancellationToken), Live = live, Comparisons = Compare(live, facts.Baseline) }
            : null;
    }

    /// <summary>The WSUS pool of a server beside each baseline, its own first.</summary>
    public static IReadOnlyList<BaselineComparison> Compare(LiveServer server, string ownBaseline)
    {
        if (server.Snapshot is not { Iis.Value.WsusPool.Settings: { } settings } snapshot)
        {
            return [];
        }

        var bounds = ServerBounds.Of(snapshot);
        return
        [
            .. BaselineCatalog.All
                .OrderByDescending(baseline => baseline.Id == ownBaseline)
                .Select(baseline => new BaselineComparison(baseline, BaselineComparer.Compare(settings, RiskySettings.Bound(baseline, settings, bounds)))),
        ];
    }

    /// <summary>Adds a server and begins to watch it. Failures: Invalid, Conflict (address taken), Unavailable (database).</summary>
    public async Task<Outcome<ServerFacts>> AddAsync(ServerInput input, CancellationToken cancellationToken)
    {
        var errors = ServerValidation.Check(input);
        if (errors.Count > 0)
        {
            return Invalid.Of(errors);
        }

        if (RefusalFor(input) is { } refusal)
        {
            return refusal;
        }

        _ = ServerValidation.CheckAddress(input.Address, out var address);
        var server = new ServerEntity { Name = "", NameKey = "", Address = "", Site = "", AddedAt = timeProvider.GetUtcNow().UtcDateTime };
        Apply(input, address!, server);
        return await SaveAsync(server, "server.add", null, cancellationToken);
    }

    /// <summary>Failures: NotFound, Invalid, Conflict, Unavailable.</summary>
    public async Task<Outcome<ServerFacts>> EditAsync(int id, ServerInput input, CancellationToken cancellationToken)
    {
        var errors = ServerValidation.Check(input);
        if (errors.Count > 0)
        {
            return Invalid.Of(errors);
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var server = await context.Servers.AsNoTracking().FirstOrDefaultAsync(entity => entity.Id == id, cancellationToken);
        if (server is null)
        {
            return Missing(id);
        }

        if ((Refusal(server) ?? RefusalFor(input)) is { } refusal)
        {
            return refusal;
        }

        var before = Describe(server);
        _ = ServerValidation.CheckAddress(input.Address, out var address);
        Apply(input, address!, server);
        return await SaveAsync(server, "server.edit", before, cancellationToken);
    }

    /// <summary>Changes what is given and leaves the rest. Failures: as <see cref="EditAsync"/>; Conflict also where somebody else was faster.</summary>
    /// <param name="id">The server.</param>
    /// <param name="changes">Null = as it is.</param>
    /// <param name="seenRevision">What the caller saw; null = whatever it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Outcome<ServerFacts>> ChangeAsync(int id, ServerInput changes, string? seenRevision, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var server = await context.Servers.AsNoTracking().FirstOrDefaultAsync(entity => entity.Id == id, cancellationToken);
        if (server is null)
        {
            return Missing(id);
        }

        if (Refusal(server) is { } refusal)
        {
            return refusal;
        }

        if (seenRevision is not null && seenRevision != RevisionOf(server))
        {
            return new Conflict($"Someone has changed {server.Name} since you read it: {Describe(server)}. Nothing was changed. Read it again, and send the new revision as If-Match.");
        }

        return await EditAsync(id, new() { Name = changes.Name ?? server.Name, Address = changes.Address ?? server.Address, Site = changes.Site ?? server.Site, Baseline = changes.Baseline ?? server.Baseline }, cancellationToken);
    }

    /// <summary>Stops watching a server and deletes its history here; nothing is changed on the server itself.</summary>
    public async Task<Outcome<Done>> RemoveAsync(int id, CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var server = await context.Servers.AsNoTracking().FirstOrDefaultAsync(entity => entity.Id == id, cancellationToken);
            if (server is null)
            {
                return Missing(id);
            }

            if (Refusal(server) is { } refusal)
            {
                return refusal;
            }

            // The row first: where the database refuses, the server goes on being watched.
            await context.Servers.Where(entity => entity.Id == id).ExecuteDeleteAsync(cancellationToken);
            await watch.StopAsync(id);
            await audit.WriteAsync(Note(server, "server.remove", Describe(server), ""));
            return Done.Instance;
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception);
        }
    }

    /// <summary>Tries name, connection, protocol and version, in this order. Failure: Invalid.</summary>
    public async Task<Outcome<ConnectionTest>> TestConnectionAsync(string address, CancellationToken cancellationToken) =>
        Caller.Refusal(Permission.ManageServers) is { } refusal ? refusal
            : ServerValidation.CheckAddress(address, out var uri) is { } error ? Invalid.Of(error)
            : OutboundAddress.Is(address) ? Invalid.Of("address", "The agent of this server connects to the dashboard itself, so there is no address to test. The server's page shows whether it's connected.")
            : await tester.TestAsync(uri!, cancellationToken);

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

    private async Task<Outcome<ServerFacts>> SaveAsync(ServerEntity server, string what, string? before, CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var taken = await context.Servers.AsNoTracking().Where(other => other.Address == server.Address && other.Id != server.Id).Select(other => other.Name).FirstOrDefaultAsync(cancellationToken);
            if (taken is not null)
            {
                return new Conflict($"{taken} already has the address {server.Address}. Remove that server first, or enter another address.");
            }

            if (before is null)
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

        await watch.RestartAsync(server);
        await audit.WriteAsync(Note(server, what, before ?? "", Describe(server)));
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
        health.ReportFailure(StorageFault.Of(exception));
        return new($"Nothing was saved. {health.Current.Message}");
    }

    private ServerFacts ToFacts(ServerEntity server) => new()
    {
        Id = server.Id,
        Name = server.Name,
        Address = server.Address,
        Site = server.Site,
        Baseline = server.Baseline ?? options.DefaultBaseline,
        Revision = RevisionOf(server),
        AddedAt = server.AddedAt.ToOffset(),
        AgentKey = server.AgentPin,
        PairedAt = server.PairedAt.ToOffset(),
        PairedBy = server.PairedBy,
        ComputerName = server.ComputerName,
        OperatingSystem = server.OperatingSystem,
        AgentVersion = server.AgentVersion,
        WsusVersion = server.WsusVersion,
        Roles = server.Roles.Split(',', StringSplitOptions.RemoveEmptyEntries),
    };

    /// <summary>Null where the caller may manage this server.</summary>
    private Failure? Refusal(ServerEntity server) => Caller.Refusal(Permission.ManageServers, server.Site, Missing(server.Id).Message);

    /// <summary>Null where the caller may have servers in the site that was entered.</summary>
    private Failure? RefusalFor(ServerInput input)
    {
        var site = input.Site?.Trim() ?? "";
        return Caller.Refusal(Permission.ManageServers) is { } refusal ? refusal
            : Caller.May(Permission.ManageServers, site) ? null
            : Invalid.Of("site", $"\"{site}\" is not one of your sites. Allowed: {Caller.ScopeOf(Permission.ManageServers)}.");
    }

    private static AuditNote Note(ServerEntity server, string what, string before, string after) =>
        new() { What = what, ServerId = server.Id, ServerName = server.Name, Site = server.Site, Detail = server.Address, Before = before, After = after, Outcome = "done" };

    /// <summary>What a person entered, as the audit keeps it.</summary>
    private static string Describe(ServerEntity server) => $"name {server.Name}, address {server.Address}, site {server.Site}, baseline {server.Baseline ?? "default"}";

    private static string RevisionOf(ServerEntity server) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', server.Name, server.Address, server.Site, server.Baseline))))[..16];

    private static NotFound Missing(int id) => new($"There is no server {id}.");
}
