using System.CommandLine;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Cli.Repairs;

/// <summary>Options of the commands that change something.</summary>
internal sealed class RequesterOptions
{
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Don't ask for confirmation." };
    private readonly Option<string> _reason = new("--reason") { Description = "Why you're doing this, at most 500 characters; kept in the journal and the audit.", DefaultValueFactory = _ => "" };
    private readonly Option<string> _ticket = new("--ticket") { Description = "The ticket it belongs to, at most 100 characters; kept in the journal and the audit.", DefaultValueFactory = _ => "" };

    public void AddTo(Command command)
    {
        command.Options.Add(_yes);
        command.Options.Add(_reason);
        command.Options.Add(_ticket);
    }

    public Consent Read(ParseResult parsed) => new(parsed.GetValue(_yes), parsed.GetValue(_reason)!, parsed.GetValue(_ticket)!);
}

/// <summary>What a person has said already.</summary>
/// <param name="IsGiven">Do not ask.</param>
/// <param name="Reason">Why; empty where nothing was said.</param>
/// <param name="Ticket">The ticket it belongs to; empty where there is none.</param>
internal sealed record Consent(bool IsGiven, string Reason, string Ticket)
{
    /// <summary>Who asks and what for, as the audit keeps it.</summary>
    public Wire.CommandContext ContextOf(string person) => new() { Person = person, Reason = Reason, Ticket = Ticket, IdempotencyKey = Guid.NewGuid().ToString("N") };
}
