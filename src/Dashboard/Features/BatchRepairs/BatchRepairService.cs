using System.Runtime.CompilerServices;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.BatchRepairs;

/// <summary>
/// Repairs of several servers at once. More than one is started only where the person at this session has proven a moment ago who it is; an API token, which
/// is proven by each request, starts only what the same token had planned a moment ago, and once.
/// </summary>
internal sealed class BatchRepairService(BatchRepairStore store, BatchRepairJob job, AgentCommands agents, VisibleServers live, Confirmations confirmations, AuditTrail audit, DashboardOptions options, TimeProvider timeProvider)
{
    /// <summary>More than that at once nobody looks through.</summary>
    public const int MaximumServers = 50;

    /// <summary>In the address of the page: every server that a repair here cures.</summary>
    public const string AllCurable = "all";

    private const int MaximumOpenBatches = 200;

    /// <summary>Has each agent asked for a plan; nothing is changed. Failures: Invalid, NotFound, Forbidden, Unavailable.</summary>
    /// <param name="serverIds">1 to 50; null: every server whose named cause a playbook here cures, the worst first, at most 50.</param>
    /// <param name="playbook">Null: for each server the one that cures its leading cause. Either way a server whose cause it does not cure is left out.</param>
    /// <param name="baseline">Null: each server's own.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<Outcome<RepairBatch>> PlanAsync(IReadOnlyList<int>? serverIds, string? playbook, string? baseline, CancellationToken cancellationToken)
    {
        await live.WhenLoadedAsync(cancellationToken);
        var wanted = (serverIds ?? FindCurable()).Distinct().ToList();
        if (serverIds is null && wanted.Count == 0)
        {
            return new Conflict("None of the servers you can repair has a cause that a repair fixes, so there's nothing to plan.");
        }

        var errors = RepairService.Check(playbook, baseline).ToList();
        if (wanted.Count is 0 or > MaximumServers)
        {
            errors.Add(new("servers", $"You can't repair {Wording.Count(wanted.Count, "server")} at once. Allowed: 1 to {MaximumServers}."));
        }

        if (errors.Count > 0)
        {
            return Invalid.Of(errors);
        }

        if (wanted.Select(id => agents.Find(id, Permission.Operate)).FirstOrDefault(server => !server.IsSuccess) is { Failure: { } refusal })
        {
            return refusal;
        }

        var choices = wanted.ConvertAll(id => Choose(id, playbook));
        if (await store.AddAsync(audit.Caller.Identity, playbook, string.IsNullOrEmpty(baseline) ? null : baseline, choices, MaximumOpenBatches, cancellationToken) is not { } batch)
        {
            return new Unavailable("Too many batches are running. Nothing was started. Try again when some have finished.");
        }

        job.Queue(choices.Where(choice => choice.Playbook is not null).Select(choice => choice.ServerId));
        return batch;
    }

    /// <summary>Null where there is none of this caller.</summary>
    public async Task<RepairBatch?> FindAsync(string id, CancellationToken cancellationToken) => await store.FindAsync(id, cancellationToken) is { } batch && IsOwn(batch) ? batch : null;

    /// <summary>The batch now, and after its changes, until the reader goes.</summary>
    public async IAsyncEnumerable<RepairBatch> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in store.WatchAsync(id, cancellationToken))
        {
            if (!IsOwn(batch))
            {
                yield break;
            }

            yield return batch;
        }
    }

    /// <summary>Starts what was planned. Failures: NotFound, Conflict, Forbidden (not confirmed), Invalid.</summary>
    public async Task<Outcome<RepairBatch>> StartAsync(string id, Purpose purpose, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } batch)
        {
            return Missing();
        }

        if (purpose.Check() is { Count: > 0 } errors)
        {
            return Invalid.Of(errors);
        }

        if (batch.IsStarted)
        {
            return new Conflict("This batch has already been started.");
        }

        if (batch.IsPlanning || batch.Startable == 0)
        {
            return new Conflict(batch.IsPlanning ? "Some servers haven't sent their plan yet. Nothing was started." : "None of these servers can be repaired now. Nothing was started.");
        }

        if (batch.Startable > 1 && !IsConfirmed(batch))
        {
            return new Forbidden(audit.Caller.Identity.Kind == CallerKind.Token
                ? $"These plans are older than {Wording.Count(options.SignIn.ConfirmedMinutes, "minute")}. Nothing was started. Plan again, check the plans, then start."
                : $"This repairs {Wording.Count(batch.Startable, "server")}, so confirm with your password or passkey first. Nothing was started.");
        }

        if (!await store.TryStartAsync(id, purpose, cancellationToken))
        {
            return new Conflict("This batch has already been started.");
        }

        var servers = batch.Servers.Where(server => server.State == BatchServerState.Planned).ToList();
        job.Queue(servers.Select(server => server.ServerId));
        await audit.WriteAsync(new()
        {
            What = "repair.batch",
            Detail = purpose.Describe(string.Join("; ", servers.GroupBy(server => server.Playbook).Select(same => $"{$"{same.Key} {batch.Baseline}".Trim()} on {Wording.Count(same.Count(), "server")}: {Names(same)}"))),
            Ticket = purpose.Ticket,
            Outcome = "confirmed and started",
        });
        return await FindAsync(id, cancellationToken) ?? batch;
    }

    /// <summary>Servers whose repair has not started stay as they are.</summary>
    public async Task<Outcome<RepairBatch>> CancelAsync(string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is null)
        {
            return Missing();
        }

        await store.CancelAsync(id, cancellationToken);
        if (await FindAsync(id, cancellationToken) is not { } batch)
        {
            return Missing();
        }

        await audit.WriteAsync(new() { What = "repair.batch-cancel", Detail = Names(batch.Servers.Where(server => server.State == BatchServerState.Stopped)), Outcome = "done" });
        return batch;
    }

    private IReadOnlyList<int> FindCurable() =>
        [.. live.GetDigest().Curable.Where(server => audit.Caller.May(Permission.Operate, server.Site)).Take(MaximumServers).Select(server => server.Id)];

    /// <summary>Decided once: what a person was shown is what is carried out, even where the server has another cause by then.</summary>
    private BatchChoice Choose(int serverId, string? playbook)
    {
        var offer = live.Find(serverId)?.Offer ?? RepairOffer.None;
        return playbook is null ? new(serverId, offer.Playbook, offer.Explanation)
            : offer.Objection(playbook) is { } objection ? new(serverId, null, objection)
            : new(serverId, playbook, "");
    }

    private static NotFound Missing() => new("This batch no longer exists. Nothing was started. Make a new plan.");

    private static string Names(IEnumerable<RepairBatchServer> servers) => string.Join(", ", servers.Select(server => server.ServerName));

    private bool IsOwn(RepairBatch batch) => batch.Owner with { From = "" } == audit.Caller.Identity with { From = "" } && audit.Caller.May(Permission.Operate);

    private bool IsConfirmed(RepairBatch batch) => audit.Caller.Identity switch
    {
        { Kind: CallerKind.Session } session => confirmations.IsConfirmed(session.CredentialId),
        { Kind: CallerKind.Token } => batch.IsPlannedWithin(TimeSpan.FromMinutes(options.SignIn.ConfirmedMinutes), timeProvider.GetUtcNow()),
        { Kind: CallerKind.Dashboard } => true,
        _ => false,
    };
}
