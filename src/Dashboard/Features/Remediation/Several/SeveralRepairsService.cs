using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.SignIn;

namespace WsusDashboard.Dashboard.Features.Remediation.Several;

/// <summary>
/// Repairs of several servers at once. More than one is started only where the person at this session has proven a moment ago who it is; an API token, which
/// is proven by each request, starts only what the same token had planned a moment ago, and once.
/// </summary>
public sealed class SeveralRepairsService
{
    /// <summary>More than that at once nobody looks through.</summary>
    public const int MaximumServers = 50;

    private readonly RepairBatches _batches;
    private readonly FleetIngest _ingest;
    private readonly Confirmations _confirmations;
    private readonly AuditTrail _audit;
    private readonly DashboardOptions _options;
    private readonly TimeProvider _timeProvider;

    internal SeveralRepairsService(RepairBatches batches, FleetIngest ingest, Confirmations confirmations, AuditTrail audit, DashboardOptions options, TimeProvider timeProvider) =>
        (_batches, _ingest, _confirmations, _audit, _options, _timeProvider) = (batches, ingest, confirmations, audit, options, timeProvider);

    /// <summary>Asks each agent for a plan; nothing is changed. Failures: Invalid, NotFound, Forbidden, Unavailable.</summary>
    public Outcome<RepairBatch> Plan(IReadOnlyList<int> serverIds, string playbook, string? baseline)
    {
        var wanted = serverIds.Distinct().ToList();
        var errors = RemediationService.Check(playbook, baseline).ToList();
        if (wanted.Count is 0 or > MaximumServers)
        {
            errors.Add(new("servers", $"{Numbers.Of(wanted.Count, "server")} cannot be repaired at once; allowed are 1 to {MaximumServers}."));
        }

        if (errors.Count > 0)
        {
            return Invalid.Of(errors);
        }

        var items = new List<RepairBatchItem>();
        foreach (var id in wanted)
        {
            var missing = $"There is no server {id}.";
            if (_ingest.Find(id)?.Identity is not { } server)
            {
                return new NotFound(missing);
            }

            if (_audit.Caller.Refusal(Permission.Operate, server.Site, missing) is { } refusal)
            {
                return refusal is Forbidden ? new Forbidden($"{server.Name}: {refusal.Message}") : refusal;
            }

            items.Add(new() { ServerId = id, ServerName = server.Name, Site = server.Site });
        }

        return _batches.Begin(_audit.Caller.Identity, playbook, string.IsNullOrEmpty(baseline) ? null : baseline, [.. items.OrderBy(item => item.Site, StringComparer.Ordinal).ThenBy(item => item.ServerName, StringComparer.Ordinal)]) is { } batch
            ? batch
            : new Unavailable("Too many repairs of several servers go on at this moment. Nothing was started; try again when some have ended.");
    }

    /// <summary>Null where there is none of this caller. It is kept in memory: a restart of the dashboard forgets it.</summary>
    public RepairBatch? Find(string id) => _batches.Find(id) is { } batch && IsOwn(batch) && _audit.Caller.May(Permission.Operate) ? batch : null;

    /// <summary>Starts what was planned. Failures: NotFound, Conflict, Forbidden (not confirmed), Invalid.</summary>
    public async Task<Outcome<RepairBatch>> StartAsync(string id, Purpose purpose, CancellationToken cancellationToken)
    {
        if (Find(id) is not { } batch)
        {
            return new NotFound("This plan is not there any more. Nothing was started; plan again.");
        }

        if (purpose.Check() is { Count: > 0 } errors)
        {
            return Invalid.Of(errors);
        }

        if (batch.IsPlanning || batch.Startable == 0)
        {
            return new Conflict(batch.IsPlanning ? "Some servers have not answered with their plan yet. Nothing was started." : "None of these servers can be repaired now. Nothing was started.");
        }

        if (_audit.Caller.Refusal(Permission.Operate) is { } refusal)
        {
            return refusal;
        }

        if (batch.Startable > 1 && !IsConfirmed(batch))
        {
            return new Forbidden(_audit.Caller.Identity.Kind == CallerKind.Token
                ? $"These plans are older than {Numbers.Of(_options.ConfirmedMinutes, "minute")}. Nothing was started; plan again, and start what you have looked at."
                : $"This touches {Numbers.Of(batch.Startable, "server")}: confirm with your password or your passkey first. Nothing was started.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var count = batch.Startable;
        if (!batch.TryStart())
        {
            return new Conflict("This was started already.");
        }

        var names = string.Join(", ", batch.Items.Where(item => item.State == BatchItemState.Waiting).Select(item => item.ServerName));
        await _audit.WriteAsync(new() { What = "remediation.several", Detail = purpose.Describe($"{batch.Playbook} {batch.Baseline} on {Numbers.Of(count, "server")}: {names}"), Ticket = purpose.Ticket, Outcome = "confirmed and started" });
        _batches.Run(batch, purpose);
        return batch;
    }

    /// <summary>Servers whose repair has not started stay as they are.</summary>
    public async Task<Outcome<RepairBatch>> StopAsync(string id)
    {
        if (Find(id) is not { } batch)
        {
            return new NotFound("This repair of several servers is not there any more.");
        }

        batch.Stop();
        await _audit.WriteAsync(new() { What = "remediation.several-stop", Detail = string.Join(", ", batch.Items.Where(item => item.State == BatchItemState.Stopped).Select(item => item.ServerName)), Outcome = "done" });
        return batch;
    }

    /// <summary>True while the plans are no older than a confirmation holds.</summary>
    internal static bool IsFresh(RepairBatch batch, DateTimeOffset now, int minutes) => batch.PlannedAt is { } at && now - at < TimeSpan.FromMinutes(minutes);

    private bool IsOwn(RepairBatch batch) => _audit.Caller.Identity is var asking && asking.Kind == batch.Owner.Kind && asking.PersonId == batch.Owner.PersonId && asking.CredentialId == batch.Owner.CredentialId;

    private bool IsConfirmed(RepairBatch batch) => _audit.Caller.Identity switch
    {
        { Kind: CallerKind.Session } session => _confirmations.IsConfirmed(session.CredentialId),
        { Kind: CallerKind.Token } => IsFresh(batch, _timeProvider.GetUtcNow(), _options.ConfirmedMinutes),
        { Kind: CallerKind.Dashboard } => true,
        _ => false,
    };
}
