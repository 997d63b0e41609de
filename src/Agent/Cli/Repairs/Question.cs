using WsusDashboard.Agent.Cli.Terminal;

namespace WsusDashboard.Agent.Cli.Repairs;

/// <summary>Asks a person before something is changed.</summary>
internal static class Question
{
    /// <exception cref="CliFailure">Nobody can be asked, or the answer is no.</exception>
    public static async Task AskAsync(CommandConsole console, string question, bool isJson, Consent consent, CancellationToken cancellationToken)
    {
        if (consent.IsGiven)
        {
            return;
        }

        if (!console.IsInteractive || isJson)
        {
            throw new CliFailure($"Nothing was changed: the command can't ask you {(isJson ? "with --json" : "without a terminal")}. To go ahead without being asked, add --yes.");
        }

        await console.Out.WriteAsync($"{question} [y/N] ");
        await console.Out.FlushAsync(cancellationToken);
        if (!IsYes(await console.In.ReadLineAsync(cancellationToken)))
        {
            throw new CliFailure("Nothing was changed.");
        }
    }

    public static bool IsYes(string? answer) => answer?.Trim().ToUpperInvariant() is "Y" or "YES";
}
