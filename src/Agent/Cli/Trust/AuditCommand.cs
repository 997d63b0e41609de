using System.CommandLine;
using System.Globalization;
using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Security.Audit;

namespace WsusDashboard.Agent.Cli.Trust;

/// <summary>Reads the agent's own audit from its files: neither a hub nor a running agent is needed.</summary>
internal static class AuditCommand
{
    private const int DefaultLines = 50;
    private const int MaximumLines = 100_000;

    public static Command Create(CommandConsole console)
    {
        var data = CommonOptions.CreateData();
        var lines = new Option<int>("--lines") { HelpName = "N", Description = $"How many of the newest entries to show, 1 to {MaximumLines}.", DefaultValueFactory = _ => DefaultLines };
        lines.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MaximumLines)
            {
                result.AddError($"--lines is {result.Tokens[0].Value}. Allowed: 1 to {MaximumLines}.");
            }
        });
        var verify = new Option<bool>("--verify") { Description = "Check the whole chain instead. Exit code 0 intact, 1 broken." };
        var refused = new Option<bool>("--refused") { Description = "Show refused requests instead, counted by dashboard, verb and reason." };
        var json = new Option<bool>("--json") { Description = "Print one JSON document to standard output, and nothing else." };
        var command = new Command("audit", "Shows who did what on this server through the agent, from the agent's own files. Exit code 0, or 2 if they can't be read.") { lines, verify, refused, json, data };
        command.SetAction((parsed, _) => RunAsync(
            console,
            CommonOptions.DataDirectory(parsed.GetValue(data)),
            folder => parsed.GetValue(verify) ? VerifyAsync(console, folder, parsed.GetValue(json))
                : parsed.GetValue(refused) ? ShowRefusedAsync(console, folder, parsed.GetValue(lines), parsed.GetValue(json))
                : ShowAsync(console, folder, parsed.GetValue(lines), parsed.GetValue(json))));
        return command;
    }

    private static async Task<int> RunAsync(CommandConsole console, string dataDirectory, Func<string, Task<int>> run)
    {
        try
        {
            return await run(dataDirectory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"The audit in {dataDirectory} can't be read: {exception.Message} Run the command as an administrator; if the agent uses another data folder, add --data.", exception);
        }
    }

    private static async Task<int> ShowAsync(CommandConsole console, string dataDirectory, int count, bool isJson)
    {
        var entries = AuditFiles.ReadEntries(dataDirectory).TakeLast(count).ToList();
        if (isJson)
        {
            await JsonOutput.WriteDocumentAsync(console, entries);
            return ExitCodes.Good;
        }

        foreach (var entry in entries)
        {
            await console.Out.WriteLineAsync(Line(entry));
        }

        if (entries.Count == 0)
        {
            await console.Out.WriteLineAsync($"There are no entries in {dataDirectory} yet.");
        }

        return ExitCodes.Good;
    }

    private static async Task<int> VerifyAsync(CommandConsole console, string dataDirectory, bool isJson)
    {
        var verification = AuditVerification.Run(dataDirectory);
        if (isJson)
        {
            await JsonOutput.WriteDocumentAsync(console, verification);
        }
        else
        {
            await console.Out.WriteLineAsync(verification switch
            {
                { Problem: { } problem } => $"The chain is broken. {problem}",
                { Entries: 0 } => "There are no entries yet.",
                { FirstNumber: > 1 } => string.Create(CultureInfo.InvariantCulture, $"The chain is intact: {verification.Entries} entries, starting at number {verification.FirstNumber}. Older ones were deleted to save space."),
                _ => string.Create(CultureInfo.InvariantCulture, $"The chain is intact: {verification.Entries} entries."),
            });
            foreach (var name in verification.SetAside)
            {
                await console.Out.WriteLineAsync($"{name} has an incomplete line, left by a full disk or by the agent stopping. The chain continues without it.");
            }
        }

        return verification.Problem is null ? ExitCodes.Good : ExitCodes.Bad;
    }

    private static async Task<int> ShowRefusedAsync(CommandConsole console, string dataDirectory, int count, bool isJson)
    {
        var refusals = AuditRefusals.Read(dataDirectory).Take(count).ToList();
        if (isJson)
        {
            await JsonOutput.WriteDocumentAsync(console, refusals);
            return ExitCodes.Good;
        }

        foreach (var refusal in refusals)
        {
            await console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{refusal.Count,8} times  {refusal.FirstAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} to {refusal.LastAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}, most recently:  {Line(refusal.Last)}"));
        }

        if (refusals.Count == 0)
        {
            await console.Out.WriteLineAsync($"No refusals are recorded in {dataDirectory}.");
        }

        return ExitCodes.Good;
    }

    private static string Line(AgentAuditEntry entry)
    {
        var who = string.Join(" via ", new[] { entry.Who, entry.Hub }.Where(part => part.Length > 0));
        string[] parts =
        [
            string.Create(CultureInfo.InvariantCulture, $"{entry.Number,6}  {entry.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}"),
            $"{entry.Outcome,-7}",
            entry.Verb,
            entry.What,
            who.Length > 0 ? $"by {who}" : "",
            entry.From.Length > 0 ? $"from {entry.From}" : "",
            entry.Ticket.Length > 0 ? $"ticket {entry.Ticket}" : "",
            entry.Reason.Length > 0 ? $"reason: {entry.Reason}" : "",
            entry.Detail.Length > 0 ? $"— {entry.Detail}" : "",
        ];
        return string.Join("  ", parts.Where(part => part.Length > 0));
    }
}
