using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Audit;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Remediation;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Features.Remediation;

/// <summary>Repairs: plan, start, follow, cancel, undo. The run belongs to the agent; this is the asking side and the copy.</summary>
public sealed class RemediationService
{
    private readonly IDbContextFactory<DashboardContext> _contexts;
    private readonly AgentCommands _agents;
    private readonly FleetIngest _ingest;
    private readonly VisibleServers _live;
    private readonly PermittedServers _servers;
    private readonly AuditTrail _audit;

    internal RemediationService(IDbContextFactory<DashboardContext> contexts, AgentCommands agents, FleetIngest ingest, VisibleServers live, PermittedServers servers, AuditTrail audit) =>
        (_contexts, _agents, _ingest, _live, _servers, _audit) = (contexts, agents, ingest, live, servers, audit);

    /// <summary>Asks the agent for a plan; nothing is changed. Failures: NotFound, Invalid, Unreachable, TimedOut, Refused, Conflict, Unavailable.</summary>
    /// <param name="serverId">The server.</param>
    /// <param name="playbook">Id of the playbook.</param>
    /// <param name="baseline">Id of the baseline; null = the server's own.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<Outcome<Plan>> PlanAsync(int serverId, string playbook, string? baseline, CancellationToken cancellationToken)
    {
        var permitted = _servers.Find(serverId, Permission.View);
        if (!permitted.IsSuccess)
        {
            return permitted.Failure;
        }

        var server = permitted.Value;
        var errors = Check(playbook, baseline);
        if (errors.Count > 0)
        {
            return Invalid.Of(errors);
        }

        var request = new Wire.PlanRemediationRequest { Playbook = playbook, Baseline = string.IsNullOrEmpty(baseline) ? server.Baseline.Id : baseline };
        var answer = await _agents.AskAsync(serverId, (client, options) => client.PlanRemediationAsync(request, options), cancellationToken);
        return answer.IsSuccess ? answer.Value.ToDomain() : WithRun(serverId, answer.Failure);
    }

    /// <summary>Starts a plan that was shown, by its fingerprint. Asked twice for the same plan (a click repeated after a lost answer), it starts once.</summary>
    public async Task<Outcome<RemediationRun>> StartAsync(int serverId, Plan plan, Purpose purpose, CancellationToken cancellationToken)
    {
        var permitted = _servers.Find(serverId, Permission.Operate);
        if (!permitted.IsSuccess)
        {
            return permitted.Failure;
        }

        var server = permitted.Value;
        if (purpose.Check() is { Count: > 0 } errors)
        {
            return Invalid.Of(errors);
        }

        // A plan with a refusal is sent, too: the agent looks again and says which kind of failure it is.
        var request = new Wire.StartRemediationRequest
        {
            Playbook = plan.Playbook,
            Baseline = plan.Baseline,
            Fingerprint = plan.Fingerprint,
            Context = _agents.CreateContext(purpose, plan.Id),
        };
        var answer = await _agents.CommandAsync(serverId, (client, options) => client.StartRemediationAsync(request, options), cancellationToken);
        return await TakeAsync(answer, server, "remediation.start", $"{plan.Playbook} {plan.Baseline}".Trim(), purpose);
    }

    /// <summary>The run as last known; works while the agent does not answer. Null where there is no such run.</summary>
    public async Task<RemediationDetail?> GetAsync(string runId, CancellationToken cancellationToken)
    {
        if (FindLive(runId) is { } known)
        {
            return known;
        }

        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        var stored = await context.Remediations.AsNoTracking()
            .Where(run => run.RunId == runId)
            .Join(context.Servers, run => run.ServerId, server => server.Id, (run, server) => new { run.Run, run.ReadAt, server.Id, server.Name, server.Site })
            .FirstOrDefaultAsync(cancellationToken);
        return stored is null || !_audit.Caller.May(Permission.View, stored.Site) || JsonSerializer.Deserialize<RemediationRun>(stored.Run, Stored.Json) is not { } run
            ? null
            : new(stored.Id, stored.Name, stored.Site, run, stored.ReadAt.ToOffset(), IsStale: !run.IsFinal && !IsUp(stored.Id));
    }

    /// <summary>Newest first.</summary>
    public async Task<Paged<RemediationRow>> ListAsync(RemediationQuery query, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        var pageSize = Math.Clamp(query.PageSize, 1, RemediationQuery.MaximumPageSize);
        var filtered = Filter(context, query);
        var total = await filtered.CountAsync(cancellationToken);
        var page = Math.Clamp(query.Page, 1, Math.Max(1, (total + pageSize - 1) / pageSize));
        var rows = await filtered
            .OrderByDescending(run => run.StartedAt)
            .ThenBy(run => run.RunId)
            .Skip((page - 1) * pageSize)
            .Take(pageSize)
            .Join(context.Servers, run => run.ServerId, server => server.Id, (run, server) => new RemediationRow
            {
                RunId = run.RunId,
                ServerId = run.ServerId,
                ServerName = server.Name,
                Site = server.Site,
                Playbook = run.Playbook,
                Baseline = run.Baseline,
                State = run.State,
                RequestedBy = run.RequestedBy,
                Reason = run.Reason,
                StartedAt = run.StartedAt,
                EndedAt = run.EndedAt,
                Sentence = run.Sentence,
                CanUndo = run.CanUndo,
                UndoOf = run.UndoOf,
                UndoneBy = run.UndoneBy,
            })
            .ToListAsync(cancellationToken);
        return new([.. rows.OrderByDescending(row => row.StartedAt).ThenBy(row => row.RunId, StringComparer.Ordinal)], total, page, pageSize);
    }

    /// <summary>Asks the agent to stop after the step that runs now.</summary>
    public async Task<Outcome<RemediationRun>> CancelAsync(string runId, CancellationToken cancellationToken)
    {
        var permitted = await FindServerAsync(runId, cancellationToken);
        if (!permitted.IsSuccess)
        {
            return permitted.Failure;
        }

        var server = permitted.Value;
        var request = new Wire.CancelRemediationRequest { Id = runId, Context = _agents.CreateContext(Purpose.None) };
        var answer = await _agents.CommandAsync(server.Id, (client, options) => client.CancelRemediationAsync(request, options), cancellationToken);
        return await TakeAsync(answer, server, "remediation.cancel", runId, Purpose.None);
    }

    /// <summary>Starts a run that restores the settings that this run saved. The answer is the new run.</summary>
    public async Task<Outcome<RemediationRun>> UndoAsync(string runId, Purpose purpose, CancellationToken cancellationToken)
    {
        if (await GetAsync(runId, cancellationToken) is not { } detail)
        {
            return MissingRun(runId);
        }

        var permitted = _servers.Find(detail.ServerId, Permission.Operate);
        if (!permitted.IsSuccess)
        {
            return permitted.Failure;
        }

        var server = permitted.Value;
        if (purpose.Check() is { Count: > 0 } errors)
        {
            return Invalid.Of(errors);
        }

        // An answer that was lost finds the same undo; one that failed can be asked for again, because the run has changed since.
        var undoKey = string.Create(CultureInfo.InvariantCulture, $"undo-{runId}-{detail.Run.Revision}");
        var request = new Wire.UndoRemediationRequest { Id = runId, Context = _agents.CreateContext(purpose, undoKey) };
        var answer = await _agents.CommandAsync(server.Id, (client, options) => client.UndoRemediationAsync(request, options), cancellationToken);
        return await TakeAsync(answer, server, "remediation.undo", runId, purpose);
    }

    /// <summary>The run now and after each change (the latest wins), until it is final or the reader goes.</summary>
    public async IAsyncEnumerable<RemediationDetail> WatchAsync(string runId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await GetAsync(runId, cancellationToken) is not { } detail)
        {
            yield break;
        }

        using var changes = _live.Subscribe(server => server.Id == detail.ServerId);
        detail = await GetAsync(runId, cancellationToken) ?? detail;
        yield return detail;
        if (detail.Run.IsFinal)
        {
            yield break;
        }

        await foreach (var _ in changes.ReadAsync(cancellationToken))
        {
            var next = await GetAsync(runId, cancellationToken);
            if (next is null)
            {
                yield break;
            }

            if (next.Run.Revision != detail.Run.Revision || next.Run.State != detail.Run.State || next.IsStale != detail.IsStale)
            {
                yield return next;
            }

            if (next.Run.IsFinal)
            {
                yield break;
            }

            detail = next;
        }
    }

    /// <summary>The repairs that go on now, on all servers; follow them with VisibleServers.Subscribe(server => server.ActiveRun is not null).</summary>
    public IReadOnlyList<ActiveRun> GetActive() =>
        [.. _live.GetAll().Where(server => server.ActiveRun is not null).Select(server => ActiveRun.From(server.Id, server.Name, server.ActiveRun!)).OrderBy(run => run.StartedAt)];

    /// <summary>The mistakes of what was asked for; ids are as in the catalogs.</summary>
    internal static IReadOnlyList<FieldError> Check(string playbook, string? baseline)
    {
        var errors = new List<FieldError>();
        if (PlaybookCatalog.Find(playbook) is null)
        {
            errors.Add(new("playbook", $"\"{playbook}\" is no playbook; allowed are {string.Join(", ", PlaybookCatalog.All.Select(known => known.Id))}."));
        }

        if (!string.IsNullOrEmpty(baseline) && BaselineCatalog.Find(baseline) is null)
        {
            errors.Add(new("baseline", $"\"{baseline}\" is no baseline; allowed are {string.Join(", ", BaselineCatalog.All.Select(known => known.Id))}."));
        }

        return errors;
    }

    private IQueryable<RemediationEntity> Filter(DashboardContext context, RemediationQuery query)
    {
        var runs = context.Remediations.AsNoTracking().Within(_audit.Caller.ScopeOf(Permission.View), context.Servers, run => run.ServerId);
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

    private async Task<Outcome<RemediationRun>> TakeAsync(Outcome<Wire.RemediationRun> answer, ServerIdentity server, string what, string detail, Purpose purpose)
    {
        var note = new AuditNote { What = what, ServerId = server.Id, ServerName = server.Name, Site = server.Site, Detail = purpose.Describe(detail), Ticket = purpose.Ticket, Outcome = "" };
        if (!answer.IsSuccess)
        {
            var failure = WithRun(server.Id, answer.Failure);
            await _audit.WriteAsync(note with { Outcome = failure.Message });
            return failure;
        }

        var run = answer.Value.ToDomain();
        _ingest.Take(server.Id, run);
        await _audit.WriteAsync(note with { Outcome = run.State == RunState.WaitingForApproval ? $"run {run.Id}, waits for approval on the server" : $"run {run.Id}", Before = SettingWords.Before(run.Changes), After = SettingWords.After(run.Changes) });
        return run;
    }

    /// <summary>A conflict names the run that is in the way.</summary>
    private Failure WithRun(int serverId, Failure failure) => failure is Conflict { RunId: null } conflict && _ingest.Find(serverId)?.GetRunning() is [var run, ..]
        ? conflict with { RunId = run.Id, Message = conflict.Message.Contains(run.Id, StringComparison.Ordinal) ? conflict.Message : $"{conflict.Message} Run {run.Id} goes on." }
        : failure;

    private RemediationDetail? FindLive(string runId)
    {
        foreach (var monitor in _ingest.GetAll())
        {
            var identity = monitor.Identity;
            if (_audit.Caller.May(Permission.View, identity.Site) && monitor.FindRun(runId) is { } known)
            {
                return new(identity.Id, identity.Name, identity.Site, known.Run, known.ReadAt, IsStale: !known.Run.IsFinal && monitor.Link.State != LinkState.Up);
            }
        }

        return null;
    }

    private async Task<Outcome<ServerIdentity>> FindServerAsync(string runId, CancellationToken cancellationToken) =>
        await GetAsync(runId, cancellationToken) is { } detail ? _servers.Find(detail.ServerId, Permission.Operate) : MissingRun(runId);

    private bool IsUp(int serverId) => _live.Find(serverId)?.Link.State == LinkState.Up;

    private static NotFound MissingRun(string id) => new($"There is no repair {id}.");
}
