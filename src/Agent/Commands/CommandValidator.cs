using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Contract.Border;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Commands;

/// <summary>Checks a command: the contract's limits, its fields, who asks, through which hub, and whether it is still meant now.</summary>
internal sealed class CommandValidator(IServerAccess server, ContractBorder border, TimeProvider timeProvider)
{
    private const int FingerprintLength = 64;

    /// <summary>How far the clocks of hub and server may be apart; Kerberos allows as much.</summary>
    public static TimeSpan ClockTolerance { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest time for which a command may be meant.</summary>
    public static TimeSpan LongestLife { get; } = TimeSpan.FromMinutes(10);

    /// <exception cref="CommandException">It must not be carried out; the message says why.</exception>
    public void Check(AgentCommand command)
    {
        var checks = new FieldChecks();
        foreach (var breach in border.Pass((IMessage)command.Request))
        {
            checks.Add(breach.Field, breach.Sentence);
        }

        if (command.Request.Context is not { } context)
        {
            checks.Add("context", "context is missing; it must say who is asking and, from a dashboard, when the command expires.").ThrowIfWrong();
            return;
        }

        CheckContext(checks, context, command.Caller.Kind == CallerKind.Hub);
        CheckRequest(checks, command.Request);
        checks.ThrowIfWrong();
        if (command.Caller.Hub is { } hub)
        {
            CheckHub(context, hub);
        }
    }

    /// <exception cref="CommandException">A field is wrong.</exception>
    public static void Check(Wire.PlanRepairRequest request) => CheckPlaybook(new FieldChecks(), request.Playbook, request.Baseline).ThrowIfWrong();

    private static void CheckContext(FieldChecks checks, Wire.CommandContext context, bool isHub)
    {
        checks.Needed("context.person", context.Person);
        if (isHub)
        {
            checks.Needed("context.idempotency_key", context.IdempotencyKey);
        }

        if (isHub && !IsTime(context.IssuedAt))
        {
            checks.Add("context.issued_at", "context.issued_at is not a time.");
        }

        if (isHub && !IsTime(context.ExpiresAt))
        {
            checks.Add("context.expires_at", "context.expires_at is not a time.");
        }
    }

    private void CheckRequest(FieldChecks checks, Wire.ICommandRequest request)
    {
        switch (request)
        {
            case Wire.StartRepairRequest start:
                CheckPlaybook(checks, start.Playbook, start.Baseline);
                if (start.Fingerprint.Length != FingerprintLength || !start.Fingerprint.All(char.IsAsciiHexDigit))
                {
                    checks.Add("fingerprint", $"fingerprint is \"{FieldChecks.Shown(start.Fingerprint)}\"; allowed: the {FingerprintLength} hexadecimal digits of the plan you were shown.");
                }

                break;
            case Wire.KeepSettingsRequest keep when string.IsNullOrWhiteSpace(keep.Context.Reason):
                checks.Add("context.reason", "context.reason is empty; keeping settings that are on trial needs a reason, which goes to the journal and the audit.");
                break;
            case Wire.ControlServiceRequest service:
                checks.OneOf("verb", service.Verb, ServiceVerbs.All).OneOf("name", service.Name, ServiceNames.Watched, StringComparer.OrdinalIgnoreCase);
                break;
            case Wire.ControlPoolRequest pool:
                checks.OneOf("verb", pool.Verb, PoolVerbs.All).OneOf("name", pool.Name, KnownPools(), StringComparer.OrdinalIgnoreCase);
                break;
        }
    }

    private static FieldChecks CheckPlaybook(FieldChecks checks, string playbook, string baseline)
    {
        checks.OneOf("playbook", playbook, [.. PlaybookCatalog.All.Select(known => known.Id)], StringComparer.OrdinalIgnoreCase);
        return baseline.Length == 0 ? checks : checks.OneOf("baseline", baseline, [.. BaselineCatalog.All.Select(known => known.Id)], StringComparer.OrdinalIgnoreCase);
    }

    // An unreadable IIS knows no pools; the pool of WSUS then still has a name, and the call says what is wrong with IIS.
    private IReadOnlyList<string> KnownPools() => server.Current.Iis.Value is { Pools.Count: > 0 } iis ? [.. iis.Pools.Select(pool => pool.Name)] : [LocalPolicy.DefaultPoolName];

    private void CheckHub(Wire.CommandContext context, PairedHub hub)
    {
        if (context.Hub != hub.Id)
        {
            throw new CommandException(CommandFailure.Refused, $"The command names a different dashboard from the one that sent it ({hub.Name}). Nothing was started.");
        }

        var (now, issuedAt, expiresAt) = (timeProvider.GetUtcNow(), context.IssuedAt.ToDateTimeOffset(), context.ExpiresAt.ToDateTimeOffset());
        if (expiresAt <= issuedAt || expiresAt - issuedAt > LongestLife)
        {
            throw new CommandException([new FieldViolation("context.expires_at", $"context.expires_at must be within {LongestLife.TotalMinutes:0} minutes after context.issued_at.", [])]);
        }

        if (now > expiresAt + ClockTolerance)
        {
            throw new CommandException(CommandFailure.Refused, $"The command has expired: it was valid until {Clock(expiresAt)} by the dashboard's clock, and this server's clock says {Clock(now)}. Nothing was started. Try again; if the clocks differ, set them.");
        }

        if (now < issuedAt - ClockTolerance)
        {
            throw new CommandException(CommandFailure.Refused, $"The command comes from the future: it was issued at {Clock(issuedAt)} by the dashboard's clock, and this server's clock says {Clock(now)}. Nothing was started. Set the clocks; they may differ by {ClockTolerance.TotalMinutes:0} minutes.");
        }
    }

    private static bool IsTime(Timestamp? timestamp) => timestamp is { Seconds: > 0 and <= 253_402_300_799, Nanos: >= 0 and < 1_000_000_000 };

    private static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
