using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Doctor.Probes;
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
        var mode = new Option<string?>("--mode") { Description = "Set the mode and keep everything else in the file except comments. monitor-only stops every change at once." };
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

        var inForce = new LocalPolicy(dataDirectory, console.TimeProvider).Read(null);
        var policy = inForce.Policy with { Allowances = [.. ReadAllowances(dataDirectory, inForce.Rate, console.TimeProvider)] };
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

    /// <summary>As the agent has counted, in its own file; empty where it has not counted anything yet, or the file cannot be read.</summary>
    private static IReadOnlyList<CommandAllowance> ReadAllowances(string dataDirectory, PolicyRate rate, TimeProvider timeProvider)
    {
        var file = new SqliteConnectionStringBuilder { DataSource = Path.Combine(dataDirectory, StoreExcerpt.FileName), Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 5 };
        try
        {
            using var connection = new SqliteConnection(file.ToString());
            connection.Open();
            return CommandPace.ReadAllowances(connection, rate, timeProvider);
        }
        catch (SqliteException)
        {
            // The policy is what was asked for; "doctor" looks at the agent's file.
            return [];
        }
    }

    private static void SetMode(string dataDirectory, string mode)
    {
        var path = Path.Combine(dataDirectory, LocalPolicy.FileName);
        try
        {
            var policy = File.Exists(path) ? Read(path) : [];
            policy["mode"] = mode;
            var text = policy.ToJsonString(Indented);
            PolicyFile.Parse(text);
            PrivateFile.Write(path, Encoding.UTF8.GetBytes(text + "\n"));
        }
        catch (JsonException exception)
        {
            throw new CliFailure($"{path} can't be changed, because it isn't a policy: {exception.Message}. Nothing is allowed until you correct the file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"{path} can't be changed: {exception.Message} Run the command as an administrator. Nothing was changed.", exception);
        }
    }

    private static JsonObject Read(string path)
    {
        var text = File.ReadAllText(path);
        PolicyFields.Check(text);
        return JsonNode.Parse(text, documentOptions: Lenient)!.AsObject();
    }

    private static string What(PacedCommand kind) => kind switch
    {
        PacedCommand.Repair => "Repairs",
        PacedCommand.Pool => "Pool commands",
        PacedCommand.Service => "Service commands",
        PacedCommand.Sync => "Sync starts and stops",
        PacedCommand.IisRestart => "Web service restarts",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind."),
    };

    private static string Left(CommandAllowance allowance) => string.Create(
        CultureInfo.InvariantCulture,
        $"{allowance.Limit} {(allowance.WindowHours == 1 ? "an hour" : "a day")}, {allowance.Used} used{(allowance.NextFreeAt is { } at ? $"; more wait until {Wording.Time(at)}" : "")}");

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
        foreach (var allowance in policy.Allowances)
        {
            await output.WriteLineAsync($"{What(allowance.Kind)} without approval: {Left(allowance)}");
        }

        await output.WriteLineAsync($"A dashboard may keep settings on trial: {(policy.KeepAnyway ? "yes" : "no")}");
    }
}
