using System.Text.RegularExpressions;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Kernel;

/// <summary>Why something is asked for: a reason in words, and the ticket that it belongs to. Both may be empty.</summary>
public sealed partial record Purpose
{
    public const int MaximumReasonLength = ContractLimits.MaximumReasonLength;
    public const int MaximumTicketLength = ContractLimits.MaximumTicketLength;

    private const string BeforeReason = " · reason: ";
    private const string ReasonAlone = "reason: ";

    private static readonly char[] LineBreaks = ['\r', '\n', '\t'];

    /// <summary>Nothing was said.</summary>
    public static Purpose None { get; } = new("");

    /// <param name="reason">In words, on one line: breaks become spaces; where no ticket is named, one that stands in here counts: CHG-1234, INC0012345.</param>
    /// <param name="ticket">Its number, as the other system writes it.</param>
    public Purpose(string? reason, string? ticket = null)
    {
        Reason = string.Join(' ', (reason ?? "").Split(LineBreaks, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Ticket = ticket?.Trim() is { Length: > 0 } named ? named : Number().Match(Reason).Value;
    }

    public string Reason { get; }

    public string Ticket { get; }

    /// <summary>The mistakes.</summary>
    internal IReadOnlyList<FieldError> Check()
    {
        List<FieldError> errors = [];
        if (Reason.Length > MaximumReasonLength || !PlainText.IsPlain(Reason))
        {
            errors.Add(new("reason", $"The reason has {Reason.Length} characters. Allowed: at most {MaximumReasonLength}, without control and format characters."));
        }

        if (Ticket.Length > MaximumTicketLength || !PlainText.IsPlain(Ticket))
        {
            errors.Add(new("ticket", $"The ticket has {Ticket.Length} characters. Allowed: at most {MaximumTicketLength}, without control and format characters."));
        }

        return errors;
    }

    /// <summary>What an audit entry says in its detail: the subject, and the reason where one was given.</summary>
    internal string Describe(string subject) => Reason.Length == 0 ? subject : subject.Length == 0 ? $"{ReasonAlone}{Reason}" : $"{subject}{BeforeReason}{Reason}";

    /// <summary>The subject and the reason in the detail of an audit entry; the reason is empty where none was given.</summary>
    internal static (string Subject, string Reason) Split(string detail) =>
        detail.IndexOf(BeforeReason, StringComparison.Ordinal) is >= 0 and var end ? (detail[..end], detail[(end + BeforeReason.Length)..])
        : detail.StartsWith(ReasonAlone, StringComparison.Ordinal) ? ("", detail[ReasonAlone.Length..])
        : (detail, "");

    [GeneratedRegex(@"\b[A-Z]{2,10}-?[0-9]{2,12}\b", RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
