using System.CommandLine;
using System.Globalization;
using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Posture;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Cli;

/// <summary>posture: whether this server is safe, supported and ready for the next months, as the running agent has read it; or renews the agent's table from a file.</summary>
internal static class PostureCommand
{
    public const int Warnings = 1;
    public const int Critical = 2;

    /// <summary>Something can't be said, the agent wasn't reached, or the table was refused.</summary>
    public const int CannotSay = 3;

    /// <summary>An agent that has just started has read nothing yet.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static Command Create(CommandConsole console)
    {
        var data = CommonOptions.CreateData();
        var json = CommonOptions.CreateJson();
        var table = new Option<string?>("--table") { HelpName = "FILE", Description = "Check a table of vulnerabilities and ends of support, and let the agent use it where it's newer than its own. Nothing else is done." };
        var command = new Command("posture", "Shows known vulnerabilities, ends of support, TLS, the certificate, who can reach WSUS, and whether it's ready for the next months. Exit code 0 nothing found, 1 warnings, 2 critical, 3 something can't be said.") { table, json, data };
        command.SetAction((parsed, token) => RunAsync(console, CommonOptions.DataDirectory(parsed.GetValue(data)), parsed.GetValue(table), parsed.GetValue(json), token));
        return command;
    }

    private static async Task<int> RunAsync(CommandConsole console, string dataDirectory, string? table, bool isJson, CancellationToken cancellationToken)
    {
        try
        {
            if (table is not null)
            {
                return await RenewAsync(console, dataDirectory, table, isJson);
            }

            using var agent = new AgentClient(dataDirectory);
            var snapshot = await ReadSnapshotAsync(console, agent, cancellationToken);
            var now = console.TimeProvider.GetUtcNow();
            var assessment = PostureRules.Assess(snapshot, now);
            if (isJson)
            {
                await JsonOutput.WriteDocumentAsync(console, new PostureDocument(snapshot.Agent.ComputerName, assessment, PostureRules.Calendar(snapshot, now), snapshot.Posture.Value));
            }
            else
            {
                await WriteAsync(console.Out, snapshot.Agent.ComputerName, assessment);
            }

            return ExitCodeOf(assessment);
        }
        catch (Exception exception) when (exception is CliFailure or AgentSilentException)
        {
            await console.Error.WriteLineAsync(exception.Message);
            return CannotSay;
        }
    }

    /// <summary>What is critical comes before what isn't known, and that before a warning: nothing is well by accident.</summary>
    internal static int ExitCodeOf(PostureAssessment assessment) =>
        assessment.Worst is PostureSeverity.Critical ? Critical
        : assessment.HasGaps || assessment.Table.AsOf is null ? CannotSay
        : assessment.Worst is PostureSeverity.Warning || assessment.IsTableStale ? Warnings
        : ExitCodes.Good;

    private static async Task<Snapshot> ReadSnapshotAsync(CommandConsole console, AgentClient agent, CancellationToken cancellationToken)
    {
        var deadline = Deadline.After(LongestWait, console.TimeProvider);
        while (true)
        {
            var snapshot = (await agent.GetSnapshotAsync(cancellationToken)).ToDomain();
            SectionStatus[] statuses = [snapshot.Iis.Status, snapshot.Wsus.Status, snapshot.Posture.Status];
            if (!statuses.Contains(SectionStatus.Pending) || deadline.IsOver)
            {
                return snapshot;
            }

            await Task.Delay(Pause, console.TimeProvider, cancellationToken);
        }
    }

    private static async Task<int> RenewAsync(CommandConsole console, string dataDirectory, string file, bool isJson)
    {
        var reading = Read(file, console.TimeProvider.GetUtcNow());
        if (reading.Table is { } table)
        {
            Write(dataDirectory, file, reading.Sha256);
        }

        if (isJson)
        {
            await JsonOutput.WriteDocumentAsync(console, new TableDocument(Path.GetFullPath(file), reading.Table?.AsOf, reading.Sha256, reading.Mistakes));
        }
        else if (reading.Table is { } taken)
        {
            await console.Out.WriteLineAsync($"Table of {Day(taken.AsOf)}: {Wording.Count(taken.Vulnerabilities.Count, "vulnerability", "vulnerabilities")}, {Wording.Count(taken.Products.Count, "product")}. SHA-256 {taken.Sha256}");
            await console.Out.WriteLineAsync(PostureTable.OfRelease is { } release && release.AsOf >= taken.AsOf
                ? $"The agent keeps its own table, because that of {Day(release.AsOf)}, which came with the release, isn't older."
                : "The agent uses it within 5 minutes, and its audit has the SHA-256.");
        }
        else
        {
            await console.Error.WriteLineAsync($"{file} isn't used. Nothing was changed.");
            foreach (var mistake in reading.Mistakes)
            {
                await console.Error.WriteLineAsync($"  {mistake}");
            }
        }

        return reading.Table is null ? CannotSay : ExitCodes.Good;
    }

    private static PostureTableReading Read(string file, DateTimeOffset now)
    {
        try
        {
            return PostureTableFile.Read(file, now) ?? throw new CliFailure($"There is no file {file}. Nothing was changed.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CliFailure($"{file} can't be read: {exception.Message} Nothing was changed.", exception);
        }
    }

    private static void Write(string dataDirectory, string file, string sha256)
    {
        var path = Path.Combine(dataDirectory, PostureTableFile.FileName);
        try
        {
            if (!Directory.Exists(dataDirectory))
            {
                throw new CliFailure($"There is no data folder {dataDirectory}, or this account may not see it. Run the command as an administrator; if the agent uses another data folder, add --data.");
            }

            var bytes = File.ReadAllBytes(file);
            if (PostureTable.Sha256Of(bytes) != sha256)
            {
                throw new CliFailure($"{file} changed while it was checked. Nothing was changed; run the command again.");
            }

            PrivateFile.Write(path, bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"{path} can't be written: {exception.Message} Run the command as an administrator. Nothing was changed.", exception);
        }
    }

    private static async Task WriteAsync(TextWriter output, string computerName, PostureAssessment assessment)
    {
        var critical = assessment.Findings.Count(finding => finding is { Severity: PostureSeverity.Critical, Answer: not PostureAnswer.CannotSay });
        var unknown = assessment.Findings.Count(finding => finding.Answer is PostureAnswer.CannotSay);
        var others = assessment.Findings.Count - critical - unknown;
        await output.WriteLineAsync(assessment.Findings.Count == 0
            ? $"Nothing found on {computerName}."
            : $"{computerName}: {critical} critical, {Wording.Count(others, "other finding")}, {unknown} can't be said.");
        await output.WriteLineAsync(assessment.Table.AsOf is { } asOf
            ? $"Table from {Day(asOf)}{(assessment.IsTableStale ? ", which is old: install a newer release, or renew it with --table" : "")}{(assessment.IsFromAgent ? ", renewed on this server" : "")}. What is fixed is fixed as far as known on that day."
            : $"There is no usable table: {assessment.Table.Problem}.");
        foreach (var finding in assessment.Findings)
        {
            await output.WriteLineAsync();
            await output.WriteLineAsync($"{Word(finding)}: {finding.Title}{(finding.IsUnverified ? " (not verified)" : "")}");
            await WriteAsync(output, "Can't say, because", finding.Because);
            await WriteAsync(output, "How bad:", Weight(finding));
            await WriteAsync(output, "What it allows:", finding.Allows);
            foreach (var evidence in finding.Evidence)
            {
                await output.WriteLineAsync($"  - {evidence.What}: {evidence.Value} ({evidence.ReadFrom}{(evidence.At is { } at ? $", {Wording.Time(at)}" : "")})");
            }

            await WriteAsync(output, "What to do:", finding.Mends);
            await WriteAsync(output, "Until then:", finding.LowersRisk);
            await WriteAsync(output, "Source:", finding.Source);
        }
    }

    private static Task WriteAsync(TextWriter output, string label, string text) => text.Length == 0 ? Task.CompletedTask : output.WriteLineAsync($"  {label} {text}");

    /// <summary>Empty where nothing is known of it.</summary>
    private static string Weight(PostureFinding finding)
    {
        var score = finding.Score is { } known ? string.Create(CultureInfo.InvariantCulture, $"CVSS {known:0.0}") : "";
        var separator = score.Length > 0 ? "; " : "";
        return finding.IsExploited ? $"{score}{separator}attacks that use it were seen" : score;
    }

    private static string Word(PostureFinding finding) => (finding.Answer, finding.Severity) switch
    {
        (PostureAnswer.CannotSay, _) => "Can't say",
        (_, PostureSeverity.Critical) => "Critical",
        (_, PostureSeverity.Warning) => "Warning",
        _ => "Information",
    };

    private static string Day(DateTimeOffset day) => day.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    private sealed record PostureDocument(string ComputerName, PostureAssessment Posture, IReadOnlyList<SupportEnd> Calendar, PostureState? Facts);

    private sealed record TableDocument(string File, DateTimeOffset? AsOf, string Sha256, IReadOnlyList<string> Mistakes);
}
