using System.CommandLine;

namespace WsusDashboard.Agent.Cli;

/// <summary>Options of the commands that change something.</summary>
internal sealed class AskingOptions
{
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask." };
    private readonly Option<string> _reason = new("--reason") { Description = "Reason or ticket, at most 500 characters; the journal keeps it.", DefaultValueFactory = _ => "" };

    public void AddTo(Command command)
    {
        command.Options.Add(_yes);
        command.Options.Add(_reason);
    }

    public Consent Read(ParseResult parsed) => new(parsed.GetValue(_yes), parsed.GetValue(_reason)!);
}

/// <summary>What a person has said already.</summary>
/// <param name="IsGiven">Do not ask.</param>
/// <param name="Reason">Reason or ticket.</param>
internal sealed record Consent(bool IsGiven, string Reason);
