using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Cli.Trust;

/// <summary>policy: shows what the local policy allows, and sets its mode. It works on the file, so it needs no agent; one that runs takes the change with its next command.</summary>
internal static class PolicyCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static Command Create(CommandConsole console)
    {
        var data = CommonOptions.CreateData();
        var json = CommonOptions.CreateJson();
        var mode = new Option<string?>("--mode") { Description = "Set the mode and keep all else in the file, but comments. monitor-only stops every change at once." };
        mode.AcceptOnlyFromAmong([.. PolicyFile.ModeNames]);
        var command = new Command("policy", "Shows what this server's local policy allows, or sets its mode; also while the agent isn't running. Exit code 0, or 2 if the file can't be used.") { mode, json, data };
        command.SetAction((parsed, _) => RunAsync(console, CommonOptions.DataDirectory(parsed.GetValue(data)), parsed.GetValue(mode), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(CommandConsole console, string dataDirectory, string? mode, bool isJson)
    {
        if (!Directory.Exists(dataDirectory))
        {
            throw new CliFailure($"There is no data folder {dataDirectory}, or this account may not see it. Run the command as an administrator; if the agent uses another data folder, add --data.");
        }

        if (mode is not null)
        {
            SetMode(dataDirectory, mode);
        }

        var policy = new LocalPolicy(dataDirectory, console.TimeProvider).Read(null).Policy;
        if (isJson)
        {
            await JsonOutput.WriteDocumentAsync(console, policy);
        }
        else
        {
            await WriteAsync(console.Out, policy);
        }

        return policy.Problem.Length == 0 ? ExitCodes.Good : ExitCodes.NotDone;
    }

    private static void SetMode(string dataDirectory, string mode)
    {
        var path = Path.Combine(dataDirectory, LocalPolicy.FileName);
        try
        {
            var policy = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path), documentOptions: Lenient) as JsonObject ?? throw new JsonException("it isn't a JSON object") : [];
            policy["mode"] = mode;
            var text = policy.ToJsonString(Indented);
            PolicyFile.Parse(text);
            PrivateFile.Write(path, Encoding.UTF8.GetBytes(text + "\n"));
        }
        catch (JsonException exception)
        {
            throw new CliFailure($"{path} can't be changed, because it isn't a policy: {exception.Message} While it is so, nothing is allowed. Correct the file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"{path} can't be changed: {exception.Message} Run the command as an administrator. Nothing was changed.", exception);
        }
    }

    private static async Task WriteAsync(TextWriter output, AgentPolicy policy)
    {
        await output.WriteLineAsync($"Mode: {PolicyFile.NameOf(policy.Mode)} ({policy.Source})");
        if (policy.Mode == PolicyMode.MonitorOnly)
        {
            return;
        }

        await output.WriteLineAsync($"Services: {Wording.List([.. policy.AllowedServices])}");
        await output.WriteLineAsync($"Pools: {Wording.List([.. policy.AllowedPools])}");
        await output.WriteLineAsync($"Repairs: {(policy.AllowedPlaybooks.Count == 0 ? "all" : Wording.List([.. policy.AllowedPlaybooks]))}");
        await output.WriteLineAsync($"Hours: {(policy.Hours.Count == 0 ? "always" : Wording.List([.. policy.Hours]))}");
        await output.WriteLineAsync($"Needs approval here: {(policy.NeedsApprovalFor.Count == 0 ? "nothing" : Wording.List([.. policy.NeedsApprovalFor]))}");
        await output.WriteLineAsync($"A dashboard may keep settings on trial: {(policy.KeepAnyway ? "yes" : "no")}");
    }
}
