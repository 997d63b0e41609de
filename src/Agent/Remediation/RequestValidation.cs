using System.Globalization;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;

namespace WsusDashboard.Agent.Remediation;

/// <summary>Checks what a caller sent: every mistake at once, each with its field, its value and what is allowed.</summary>
internal sealed class RequestValidation
{
    private const int FingerprintLength = 64;
    private const int LongestShownValue = 80;

    private readonly List<FieldViolation> _violations = [];

    public RequestValidation Playbook(string? id) =>
        OneOf("playbook", id, [.. PlaybookCatalog.All.Select(playbook => playbook.Id)]);

    public RequestValidation Baseline(string? id) =>
        string.IsNullOrEmpty(id) ? this : OneOf("baseline", id, [.. BaselineCatalog.All.Select(baseline => baseline.Id)]);

    public RequestValidation Verb(string? verb, IReadOnlyList<string> allowed) => OneOf("verb", verb, allowed);

    public RequestValidation OneOf(string field, string? value, IReadOnlyList<string> allowed)
    {
        if (!allowed.Contains(value, StringComparer.OrdinalIgnoreCase))
        {
            Add(field, $"{field} is \"{Shown(value)}\"; allowed: {string.Join(", ", allowed)}.", allowed);
        }

        return this;
    }

    public RequestValidation Fingerprint(string? fingerprint)
    {
        if (fingerprint is not { Length: FingerprintLength } || !fingerprint.All(char.IsAsciiHexDigit))
        {
            Add("fingerprint", $"fingerprint is \"{Shown(fingerprint)}\"; allowed: the {FingerprintLength} hexadecimal digits of the plan that was shown.");
        }

        return this;
    }

    public RequestValidation RequestedBy(string? requestedBy)
    {
        if (string.IsNullOrWhiteSpace(requestedBy) || requestedBy.Length > ContractLimits.MaximumRequestedByLength || requestedBy.Any(char.IsControl))
        {
            Add("requested_by", $"requested_by is \"{Shown(requestedBy)}\"; allowed: 1 to {ContractLimits.MaximumRequestedByLength} characters without control characters.");
        }

        return this;
    }

    public RequestValidation Reason(string? reason)
    {
        if (reason?.Length > ContractLimits.MaximumReasonLength)
        {
            Add("reason", string.Create(CultureInfo.InvariantCulture, $"reason has {reason.Length} characters; allowed: at most {ContractLimits.MaximumReasonLength}."));
        }

        return this;
    }

    public RequestValidation Ticket(string? ticket)
    {
        if (ticket?.Length > ContractLimits.MaximumTicketLength)
        {
            Add("ticket", string.Create(CultureInfo.InvariantCulture, $"ticket has {ticket.Length} characters; allowed: at most {ContractLimits.MaximumTicketLength}."));
        }

        return this;
    }

    public RequestValidation IdempotencyKey(string? key)
    {
        if (key?.Length > ContractLimits.MaximumIdempotencyKeyLength)
        {
            Add("idempotency_key", string.Create(CultureInfo.InvariantCulture, $"idempotency_key has {key.Length} characters; allowed: at most {ContractLimits.MaximumIdempotencyKeyLength}."));
        }

        return this;
    }

    /// <exception cref="VerbException">Something is wrong.</exception>
    public void ThrowIfWrong()
    {
        if (_violations.Count > 0)
        {
            throw new VerbException([.. _violations]);
        }
    }

    private static string Shown(string? value) => value switch
    {
        null => "",
        { Length: > LongestShownValue } => value[..LongestShownValue] + "…",
        _ => value,
    };

    private void Add(string field, string description, IReadOnlyList<string>? allowed = null) =>
        _violations.Add(new FieldViolation(field, description, allowed ?? []));
}
