using System.Security.Cryptography;
using WsusDashboard.Agent.Remediation;
using WsusDashboard.Agent.Security.Access;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Security.Commands;

/// <summary>A command of a hub that waits for a person on the server.</summary>
internal sealed record PendingApproval(string Id, string Content, string HubId, AuditEntry Asked, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Approved: the next command with this content is carried out, once.</summary>
    public bool IsApproved { get; init; }
}

/// <summary>
/// Where the local policy needs it, a hub's command waits here until somebody on the server approves it; then the hub's person starts it again, and the
/// same command passes once. Another command does not. What waits lives in memory: a restart of the agent refuses it.
/// </summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class ApprovalDesk(LocalPolicy policy, TimeProvider timeProvider)
{
    private const int MaximumWaiting = 20;
    private const int IdBytes = 3;

    private readonly Lock _gate = new();
    private readonly List<PendingApproval> _waiting = [];

    public static TimeSpan Lifetime { get; } = TimeSpan.FromHours(1);

    public IReadOnlyList<PendingApproval> All
    {
        get
        {
            lock (_gate)
            {
                Expire();
                return [.. _waiting];
            }
        }
    }

    /// <summary>Lets a command pass where no approval is needed, or where it was given.</summary>
    /// <exception cref="VerbException">It waits; the message says for what.</exception>
    public void Pass(IVerbRequest verb, string content, AgentCaller caller, AuditEntry asked)
    {
        // To stop something needs nobody's approval.
        if (caller.Hub is not { } hub || verb is CancelRemediationRequest || !policy.Read(null).Policy.NeedsLocalApproval)
        {
            return;
        }

        lock (_gate)
        {
            Expire();
            var known = _waiting.FirstOrDefault(pending => pending.HubId == hub.Id && pending.Content == content);
            if (known is { IsApproved: true })
            {
                _waiting.Remove(known);
                return;
            }

            known ??= Add(hub.Id, content, asked);
            throw new VerbException(
                VerbFailure.Refused,
                $"Waiting for approval on the server: its local policy needs one. Run \"WsusDashboard.Agent approve {known.Id}\" there before {Shared.Text.Wording.Time(known.ExpiresAt)}, then start this again. Nothing was started.");
        }
    }

    /// <summary>Approves or refuses what waits.</summary>
    /// <exception cref="VerbException">Nothing waits under this id.</exception>
    public PendingApproval Decide(string id, bool approve)
    {
        lock (_gate)
        {
            Expire();
            var pending = _waiting.FirstOrDefault(candidate => string.Equals(candidate.Id, id, StringComparison.OrdinalIgnoreCase))
                ?? throw new VerbException(VerbFailure.NotFound, $"Nothing waits for approval under {id}. \"WsusDashboard.Agent approvals\" lists what does; it waits for an hour.");
            _waiting.Remove(pending);
            var decided = pending with { IsApproved = approve };
            if (approve)
            {
                _waiting.Add(decided);
            }

            return decided;
        }
    }

    private PendingApproval Add(string hubId, string content, AuditEntry asked)
    {
        if (_waiting.Count >= MaximumWaiting)
        {
            throw new VerbException(VerbFailure.Refused, $"{MaximumWaiting} commands wait for approval on the server already. Nothing was started.");
        }

        var now = timeProvider.GetUtcNow();
        var pending = new PendingApproval(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), content, hubId, asked, now, now + Lifetime);
        _waiting.Add(pending);
        return pending;
    }

    private void Expire()
    {
        var now = timeProvider.GetUtcNow();
        _waiting.RemoveAll(pending => pending.ExpiresAt <= now);
    }
}
