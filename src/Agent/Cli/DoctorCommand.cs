using Google.Protobuf;
using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Doctor;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Doctor.Reports;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Native;

namespace WsusDashboard.Agent.Cli;

/// <summary>Tries every edge of a server and prints what it found; on request it writes a report.</summary>
public static class DoctorCommand
{
    private static readonly JsonFormatter Snapshot = new(JsonFormatter.Settings.Default.WithIndentation());

    /// <param name="options">Those of the agent on that server.</param>
    /// <param name="mistakes">What is wrong with its settings.</param>
    /// <param name="edges">The server; null takes the one that this process runs on.</param>
    /// <param name="console">Where to write.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>0 all works or is not installed, 1 something needs attention, 2 an edge refused or the report could not be written; of the running agent's examination where it answered.</returns>
    public static async Task<int> RunAsync(
        AgentOptions options, IReadOnlyList<string> mistakes, AgentEdges? edges, CommandConsole console, DoctorRequest request, CancellationToken cancellationToken)
    {
        var server = edges ?? EdgeFactory.Create();
        var isForReport = request.ReportPath is not null;
        var report = await ServerExamination.RunAsync(options, mistakes, server, console.TimeProvider, isForReport, cancellationToken);

        // One after the other: a server in trouble is not asked everything twice at once.
        var service = await AskServiceAsync(options, isForReport, cancellationToken);
        if (request.IsJson)
        {
            await JsonOutput.WriteDocumentAsync(console, DoctorDocument.From(report, service));
        }
        else
        {
            foreach (var line in DoctorText.Lines(report, service))
            {
                await console.Out.WriteLineAsync(line);
            }
        }

        if (request.ReportPath is { } path)
        {
            var content = await new ReportCollector(options, server, console.TimeProvider).CollectAsync(report, service, token => ReadSnapshotAsync(options, token), cancellationToken);
            if (!await WriteReportAsync(path, content, console, request, cancellationToken))
            {
                return ExitCodes.NotDone;
            }
        }

        return ExitCode(service.Report ?? report);
    }

    internal static int ExitCode(DoctorReport report) => report.Worst switch
    {
        ProbeState.Works or ProbeState.NotInstalled => ExitCodes.Good,
        ProbeState.Attention => ExitCodes.Bad,
        _ => ExitCodes.NotDone,
    };

    private static async Task<ServiceExamination> AskServiceAsync(AgentOptions options, bool isForReport, CancellationToken cancellationToken)
    {
        try
        {
            using var agent = new AgentClient(options.DataDirectory);
            var answer = await agent.ExamineAsync(isForReport, cancellationToken);
            return new(answer.ToDomain(), answer.Readings, "");
        }
        catch (Exception exception) when (exception is CliFailure or AgentSilentException)
        {
            return ServiceExamination.Silent(exception.Message);
        }
    }

    private static async Task<string> ReadSnapshotAsync(AgentOptions options, CancellationToken cancellationToken)
    {
        using var agent = new AgentClient(options.DataDirectory);
        return Snapshot.Format(await agent.GetSnapshotAsync(cancellationToken));
    }

    // Said on standard error, so that --json stays one document.
    private static async Task<bool> WriteReportAsync(string path, ReportContent content, CommandConsole console, DoctorRequest request, CancellationToken cancellationToken)
    {
        var files = ReportBundle.Create(content, request.MasksNames);
        try
        {
            await ReportBundle.WriteAsync(path, files, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync($"Couldn't write the report {path}: {exception.Message} The results above are complete.");
            return false;
        }

        await console.Error.WriteLineAsync($"Report written to {Path.GetFullPath(path)}:");
        foreach (var file in files)
        {
            await console.Error.WriteLineAsync($"  {file.Name,-16} {file.What}");
        }

        await console.Error.WriteLineAsync(request.MasksNames
            ? "It contains no secrets, and names of computers, domains and accounts are replaced. Check it before you share it."
            : "It contains no secrets, but it does contain names of computers, domains and accounts. To replace them, add --mask-names.");
        return true;
    }
}

/// <summary>What a person asked the doctor for.</summary>
/// <param name="IsJson">One JSON document instead of lines.</param>
/// <param name="ReportPath">Where a report is written; null = none.</param>
/// <param name="MasksNames">Replaces names in the report.</param>
public sealed record DoctorRequest(bool IsJson, string? ReportPath, bool MasksNames);
