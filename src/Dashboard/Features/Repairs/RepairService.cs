using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>
/// Repairs: plan, start, follow, cancel, undo. The run belongs to the agent; this is the asking side and the copy.
/// Failures of what asks the agent: NotFound, Forbidden, Invalid, Unreachable, TimedOut, Refused, Conflict, Unavailable.
/// </summary>
internal sealed class RepairService(IDbContextFactory<DashboardContext> contexts, AgentCommands agents, FleetIngest ingest, VisibleServers live, RepairExclusion exclusion, AnsweredRepairs answered, Caller caller)
{
    /// <summary>Asks the agent for a plan; nothing is changed.</summary>
    /// <param name="serverId">The server.</param>
    /// <param name="playbook">Id of the playbook; null = the one that cures the server's leading cause, a Conflict where none does.</param>
    /// <param name="baseline">Id of the baseline; null = the server's own.</param>
    /// <param name="includeRisky">True: with the settings that the server may not bear, because a person asked for them.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<Outcome<Plan>> PlanAsync(int serverId, string? playbook, string? baseline, bool includeRisky, CancellationToken cancellationToken)
    {
        if (Check(playbook, baseline) is { Count: > 0 } errors)
        {
            return Invalid.Of(errors);
        }

        // Right after a start nothing is known of the server, and no playbook could be named.
        await live.WhenLoadedAsync(cancellationToken);
        var server = live.Find(serverId);
        if ((playbook ?? server?.Offer.Playbook) is not { } chosen)
        {
            return agents.Find(serverId, Permission.View).Failure ?? new Conflict($"{server?.Name}: {(server?.Offer ?? RepairOffer.None).Explanation} Nothing was planned.");
        }

        return await agents.AskAsync(
            serverId,
            (client, identity, options) => client.PlanRepairAsync(new() { Playbook = chosen, Baseline = string.IsNullOrEmpty(baseline) ? identity.Baseline.Id : baseline, IncludeRisky = includeRisky }, options),
            plan => WithOtherHalves(serverId, plan.ToDomain()),
            cancellationToken);
    }

    /// <summary>
    /// Starts a plan that was shown, by its fingerprint. Asked twice for the same plan (a click or a job repeated after a lost answer), it starts once.
    /// A plan with a refusal is sent, too: the agent looks again and says which kind of failure it is. Occupied while a server that shares its SUSDB or its name is being repaired.
    /// </summary>
    public Task<Outcome<Repair>> StartAsync(int serverId, Plan plan, Purpose purpose, CancellationToken cancellationToken) => ChangeAsync(
        serverId,
        "repair.start",
        $"{plan.Playbook} {plan.Baseline}".Trim() + (plan.IncludesRisky ? $", including {string.Join(", ", plan.Deviations.Where(deviation => deviation.IsIncluded).Select(deviation => deviation.Setting))} although it isn't safe there" : ""),
        (client, context, options) => client.StartRepairAsync(new() { Playbook = plan.Playbook, Baseline = plan.Baseline, Fingerprint = plan.Fingerprint, IncludeRisky = plan.IncludesRisky, Context = context }, options),
        plan.Id,
        purpose,
        cancellationToken,
        token => EnterAsync(serverId, token));

    /// <summary>Asks the agent to stop after the step that runs now.</summary>
    public async Task<Outcome<Repair>> CancelAsync(string repairId, CancellationToken cancellationToken) =>
        await GetAsync(repairId, cancellationToken) is not { } detail
            ? MissingRun(repairId)
            : await ChangeAsync(
                detail.ServerId,
                "repair.cancel",
                repairId,
                (client, context, options) => client.CancelRepairAsync(new() { Id = repairId, Context = context }, options),
                idempotencyKey: null,
                Purpose.None,
                cancellationToken);

    /// <summary>Asks the agent to keep the run's new settings while they are on trial; the server's own policy decides whether a dashboard may. Needs a reason.</summary>
    public async Task<Outcome<Repair>> KeepAsync(string repairId, Purpose purpose, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(purpose.Reason))
        {
            return Invalid.Of("reason", "The reason is empty. Keeping settings that are on trial needs one; it goes to the audit and to the server's journal.");
        }

        return await GetAsync(repairId, cancellationToken) is not { } detail
            ? MissingRun(repairId)
            : await ChangeAsync(
                detail.ServerId,
                "repair.keep",
                repairId,
                (client, context, options) => client.KeepSettingsAsync(new() { Id = repairId, Context = context }, options),
                idempotencyKey: null,
                purpose,
                cancellationToken);
    }

    /// <summary>Starts a run that restores the settings that this run saved. The answer is the new run.</summary>
    public async Task<Outcome<Repair>> UndoAsync(string repairId, Purpose purpose, CancellationToken cancellationToken) =>
        await GetAsync(repairId, cancellationToken) is not { } detail
            ? MissingRun(repairId)
            : await ChangeAsync(
                detail.ServerId,
                "repair.undo",
                repairId,
                (client, context, options) => client.UndoRepairAsync(new() { Id = repairId, Context = context }, options),

                // An answer that was lost finds the same undo; one that failed can be asked for again, because the run has changed since.
                string.Create(CultureInfo.InvariantCulture, $"undo-{repairId}-{detail.Repair.Revision}"),
                purpose,
                cancellationToken,
                token => EnterAsync(detail.ServerId, token));

    /// <summary>Why this server's repair has to wait for another one's; null where it has not.</summary>
    public async Task<Occupied?> FindOccupiedAsync(int serverId, CancellationToken cancellationToken) =>
        await exclusion.FindOccupiedAsync(serverId, cancellationToken) is { } tie ? Explain(serverId, tie) : null;

    /// <summary>The run as last known; works while the agent does not answer. Null where there is no such run.</summary>
    public async Task<RepairDetail?> GetAsync(string repairId, CancellationToken cancellationToken)
    {
        if (FindLive(repairId) is { } known)
        {
            return known;
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stored = await context.Repairs.AsNoTracking()
            .Where(run => run.RepairId == repairId)
            .Join(context.Servers, run => run.ServerId, server => server.Id, (run, server) => new { run.Run, run.ReadAt, server.Id, server.Name, server.Site })
            .FirstOrDefaultAsync(cancellationToken);
        if (stored is null)
        {
            return answered.Find(repairId) is { } just && live.Find(just.ServerId) is { } server ? new(server.Id, server.Name, server.Site, just.Run, just.At, IsStale: !just.Run.IsFinal && !IsUp(server.Id)) : null;
        }

        return !caller.May(Permission.View, stored.Site) || JsonSerializer.Deserialize<Repair>(stored.Run, JsonColumn.Json) is not { } run
            ? null
            : new(stored.Id, stored.Name, stored.Site, run, stored.ReadAt.ToOffset(), IsStale: !run.IsFinal && !IsUp(stored.Id));
    }

    /// <summary>Newest first. A list holds no steps; what came of a repair is the sentence of its verification.</summary>
    public async Task<Paged<RepairDetail>> ListAsync(RepairQuery query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var pageSize = Math.Clamp(query.PageSize, 1, RepairQuery.MaximumPageSize);
        var filtered = Filter(context, query);
        var total = await filtered.CountAsync(cancellationToken);
        var page = Math.Clamp(query.Page, 1, Math.Max(1, (total + pageSize - 1) / pageSize));
        var rows = await filtered
            .OrderByDescending(run => run.StartedAt)
            .ThenBy(run => run.RepairId)
            .Skip((page - 1) * pageSize)
            .Take(pageSize)
            .Join(context.Servers, run => run.ServerId, server => server.Id, (run, server) => new { Run = run, server.Name, server.Site, server.ComputerName })
            .Select(row => new RepairDetail(
                row.Run.ServerId,
                row.Name,
                row.Site,
                new Repair
                {
                    Id = row.Run.RepairId,
                    PlanFingerprint = "",
                    ComputerName = row.ComputerName,
                    Playbook = row.Run.Playbook,
                    Baseline = row.Run.Baseline,
                    State = row.Run.State,
                    RequestedBy = row.Run.RequestedBy,
                    Reason = row.Run.Reason,
                    StartedAt = row.Run.StartedAt,
                    EndedAt = row.Run.EndedAt,
                    Verification = row.Run.Sentence == "" ? null : new Verification { Sentence = row.Run.Sentence },
                    CanUndo = row.Run.CanUndo,
                    UndoOf = row.Run.UndoOf,
                    UndoneBy = row.Run.UndoneBy,
                    Revision = row.Run.Revision,
                },
                row.Run.ReadAt,
                false))
            .ToListAsync(cancellationToken);
        return new([.. rows.OrderByDescending(row => row.Repair.StartedAt).ThenBy(row => row.Repair.Id, StringComparer.Ordinal)], total, page, pageSize);
    }

    /// <summary>The run now and after each change (the latest wins), until it is final or the reader goes.</summary>
    public async IAsyncEnumerable<RepairDetail> WatchAsync(string repairId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await GetAsync(repairId, cancellationToken) is not { } detail)
        {
            yield break;
        }

        using var changes = live.Subscribe(server => server.Id == detail.ServerId);
        detail = await GetAsync(repairId, cancellationToken) ?? detail;
        yield return detail;
        if (detail.Repair.IsFinal)
        {
            yield break;
        }

        await foreach (var _ in changes.ReadAsync(cancellationToken))
        {
            var next = await GetAsync(repairId, cancellationToken);
            if (next is null)
            {
                yield break;
            }

            if (next.Repair.Revision != detail.Repair.Revision || next.Repair.State != detail.Repair.State || next.IsStale != detail.IsStale)
            {
                yield return next;
            }

            if (next.Repair.IsFinal)
            {
                yield break;
            }

            detail = next;
        }
    }

    /// <summary>The mistakes of what was asked for; ids are as in the catalogs.</summary>
    internal static IReadOnlyList<FieldError> Check(string? playbook, string? baseline)
    {
        var errors = new List<FieldError>();
        if (playbook is not null && PlaybookCatalog.Find(playbook) is null)
        {
            errors.Add(new("playbook", $"\"{playbook}\" is not a playbook. Allowed: {string.Join(", ", PlaybookCatalog.All.Select(known => known.Id))}."));
        }

        if (!string.IsNullOrEmpty(baseline) && BaselineCatalog.Find(baseline) is null)
        {
            errors.Add(new("baseline", $"\"{baseline}\" is not a baseline. Allowed: {string.Join(", ", BaselineCatalog.All.Select(known => known.Id))}."));
        }

        return errors;
    }

    private IQueryable<RepairEntity> Filter(DashboardContext context, RepairQuery query)
    {
        var runs = context.Repairs.AsNoTracking().Within(caller.ScopeOf(Permission.View), context.Servers, run => run.ServerId);
        if (query.ServerId is { } serverId)
        {
            runs = runs.Where(run => run.ServerId == serverId);
        }

        if (query.Site is { } site)
        {
            runs = runs.Where(run => context.Servers.Any(server => server.Id == run.ServerId && server.Site == site));
        }

        return query.State is { } state ? runs.Where(run => run.State == state) : runs;
    }

    private async Task<CommandPlace> EnterAsync(int serverId, CancellationToken cancellationToken)
    {
        var (occupied, place) = await exclusion.EnterAsync(serverId, cancellationToken);
        return new(occupied is null ? null : Explain(serverId, occupied), place);
    }

    /// <summary>A server that the caller may not see has no name here.</summary>
    private Occupied Explain(int serverId, RepairTie tie)
    {
        var other = live.Find(tie.ServerId)?.Name ?? "another server";
        var shared = tie.Kind switch
        {
            TieKind.Database => $"the SUSDB on {tie.What}",
            TieKind.Name => $"the name {tie.What}",
            _ => "its site's updates",
        };
        return new($"{live.Find(serverId)?.Name} shares {shared} with {other}, which is being repaired. Only one of them is repaired at a time. Nothing was started.");
    }

    /// <summary>Where a site's WSUS is on another server, a plan says which half of a repair acts where.</summary>
    private Plan WithOtherHalves(int serverId, Plan plan)
    {
        var halves = exclusion.FindTies(serverId).Where(tie => tie.Kind == TieKind.UpdatePoint)
            .Select(tie => (tie.ComesFirst, live.Find(tie.ServerId)?.Name))
            .Where(half => half.Name is not null)
            .Select(half => half.ComesFirst
                ? $"This repair covers only the site's services and its sync. WSUS, its pool and IIS are on {half.Name}, this site's update point. Repair {half.Name} first."
                : $"This repair covers only WSUS, its pool and IIS. The services and the sync of the site that uses this update point are on {half.Name}. Repair {half.Name} afterwards.");
        return plan with { Warnings = [.. plan.Warnings, .. halves] };
    }

    private Task<Outcome<Repair>> ChangeAsync(
        int serverId,
        string what,
        string subject,
        Func<Wire.Agent.AgentClient, Wire.CommandContext, CallOptions, AsyncUnaryCall<Wire.Repair>> send,
        string? idempotencyKey,
        Purpose purpose,
        CancellationToken cancellationToken,
        Func<CancellationToken, Task<CommandPlace>>? enter = null) => agents.ChangeAsync(
            serverId,
            new AgentCommand<Wire.Repair, Repair>(what, subject, send, answer =>
            {
                var run = answer.ToDomain();
                ingest.Take(serverId, run);
                answered.Keep(serverId, run);
                return run;
            })
            {
                IdempotencyKey = idempotencyKey,
                Enter = enter ?? (_ => Task.FromResult(CommandPlace.Free)),
                Describe = (run, note) => note with
                {
                    Outcome = run.State == RepairState.WaitingForApproval ? $"{AuditedRepair.Of(run.Id)}, waiting for approval on the server" : AuditedRepair.Of(run.Id),
                    Before = SettingLabels.Before(run.Changes),
                    After = SettingLabels.After(run.Changes),
                },
            },
            purpose,
            cancellationToken);

    private RepairDetail? FindLive(string repairId)
    {
        foreach (var server in ingest.GetAll())
        {
            var identity = server.Identity;
            if (caller.May(Permission.View, identity.Site) && server.FindRun(repairId) is { } known)
            {
                return new(identity.Id, identity.Name, identity.Site, known.Run, known.ReadAt, IsStale: !known.Run.IsFinal && server.Link.State != LinkState.Up);
            }
        }

        return null;
    }

    private bool IsUp(int serverId) => live.Find(serverId)?.Link.State == LinkState.Up;

    private static NotFound MissingRun(string id) => new($"There is no repair {id}.");
}
