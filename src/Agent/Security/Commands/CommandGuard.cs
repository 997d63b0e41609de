using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using WsusDashboard.Agent.Remediation;
using WsusDashboard.Agent.Security.Access;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Security.Commands;

/// <summary>Checks the context of a changing verb: who asks, through which hub, and whether it is still meant now.</summary>
internal sealed class CommandGuard(TimeProvider timeProvider)
{
    /// <summary>How far the clocks of hub and server may be apart; Kerberos allows as much.</summary>
    public static TimeSpan ClockTolerance { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest time for which a command may be meant.</summary>
    public static TimeSpan LongestLife { get; } = TimeSpan.FromMinutes(10);

    /// <exception cref="VerbException">It must not be carried out; the message says why.</exception>
    public void Check(VerbContext? context, AgentCaller caller)
    {
        if (context is null)
        {
            if (caller.Kind == CallerKind.Hub)
            {
                throw new VerbException([new FieldViolation("context", "context is missing; a hub says in it who asks, and until when.", [])]);
            }

            return;
        }

        CheckFields(context, caller);
        if (caller.Kind == CallerKind.Hub)
        {
            CheckHub(context, caller);
            CheckTime(context);
        }
    }

    /// <summary>Until when a key must be remembered, so that nobody uses it twice.</summary>
    public static DateTimeOffset KeepUntil(VerbContext context) => context.ExpiresAt.ToDateTimeOffset() + ClockTolerance;

    /// <summary>What a request asks for, without when it was sent: the same content has the same hash.</summary>
    public static string HashOf(string method, IMessage request)
    {
        var content = (IVerbRequest)request.Descriptor.Parser.ParseFrom(request.ToByteArray());
        content.Context.IssuedAt = null;
        content.Context.ExpiresAt = null;
        return Convert.ToHexStringLower(SHA256.HashData([.. System.Text.Encoding.UTF8.GetBytes(method), 0, .. ((IMessage)content).ToByteArray()]));
    }

    private static void CheckFields(VerbContext context, AgentCaller caller)
    {
        List<FieldViolation> violations = [];
        Check(violations, "context.person", context.Person, 1, ContractLimits.MaximumRequestedByLength);
        Check(violations, "context.reason", context.Reason, 0, ContractLimits.MaximumReasonLength, mayHaveControls: true);
        Check(violations, "context.ticket", context.Ticket, 0, ContractLimits.MaximumTicketLength);
        Check(violations, "context.idempotency_key", context.IdempotencyKey, caller.Kind == CallerKind.Hub ? 1 : 0, ContractLimits.MaximumIdempotencyKeyLength);
        if (caller.Kind == CallerKind.Hub && !IsTime(context.IssuedAt))
        {
            violations.Add(new FieldViolation("context.issued_at", "context.issued_at is no time.", []));
        }

        if (caller.Kind == CallerKind.Hub && !IsTime(context.ExpiresAt))
        {
            violations.Add(new FieldViolation("context.expires_at", "context.expires_at is no time.", []));
        }

        if (violations.Count > 0)
        {
            throw new VerbException(violations);
        }
    }

    private static void Check(List<FieldViolation> violations, string field, string value, int minimum, int maximum, bool mayHaveControls = false)
    {
        if (value.Trim().Length < minimum || value.Length > maximum || (!mayHaveControls && value.Any(char.IsControl)))
        {
            violations.Add(new FieldViolation(field, string.Create(CultureInfo.InvariantCulture, $"{field} has {value.Length} characters; allowed: {minimum} to {maximum}{(mayHaveControls ? "" : " without control characters")}."), []));
        }
    }

    private static void CheckHub(VerbContext context, AgentCaller caller)
    {
        if (context.Hub != caller.Hub?.Id)
        {
            throw new VerbException(VerbFailure.Refused, $"The command names another hub than the one that sends it ({caller.HubName}). Nothing was started.");
        }
    }

    private void CheckTime(VerbContext context)
    {
        var (now, issuedAt, expiresAt) = (timeProvider.GetUtcNow(), context.IssuedAt.ToDateTimeOffset(), context.ExpiresAt.ToDateTimeOffset());
        if (expiresAt <= issuedAt || expiresAt - issuedAt > LongestLife)
        {
            throw new VerbException([new FieldViolation("context.expires_at", $"context.expires_at is not within {LongestLife.TotalMinutes:0} minutes after context.issued_at.", [])]);
        }

        if (now > expiresAt + ClockTolerance)
        {
            throw new VerbException(VerbFailure.Refused, $"The command has expired: it was meant until {Clock(expiresAt)} by the hub's clock, and this server's clock says {Clock(now)}. Nothing was started; ask again, and set the clocks where they differ.");
        }

        if (now < issuedAt - ClockTolerance)
        {
            throw new VerbException(VerbFailure.Refused, $"The command comes from the future: it was issued at {Clock(issuedAt)} by the hub's clock, and this server's clock says {Clock(now)}. Nothing was started; set the clocks, they may differ by {ClockTolerance.TotalMinutes:0} minutes.");
        }
    }

    private static bool IsTime(Google.Protobuf.WellKnownTypes.Timestamp? timestamp) => timestamp is { Seconds: > 0 and <= 253_402_300_799, Nanos: >= 0 and < 1_000_000_000 };

    private static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
