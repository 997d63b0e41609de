using WsusDashboard.Agent.Doctor;
using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Cli;

/// <summary>Tries every edge of a server and prints what it found.</summary>
public static class DoctorCommand
{
    /// <param name="options">Those of the agent on that server.</param>
    /// <param name="mistakes">What is wrong with its settings.</param>
    /// <param name="edges">The server; null takes the one that this process runs on.</param>
    /// <param name="console">Where to write.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>0 all works or is not installed, 1 something needs attention, 2 an edge refused.</returns>
    public static async Task<int> RunAsync(AgentOptions options, IReadOnlyList<string> mistakes, AgentEdges? edges, CommandConsole console, DoctorRequest request, CancellationToken cancellationToken)
    {
        var report = await ServerExamination.RunAsync(options, mistakes, edges, console.TimeProvider, cancellationToken);
        if (request.IsJson)
        {
            await JsonOutput.WriteDocumentAsync(console, DoctorDocument.From(report));
        }
        else
        {
            foreach (var line in DoctorText.Lines(report))
            {
                await console.Out.WriteLineAsync(line);
            }
        }

        return ExitCode(report);
    }

    internal static int ExitCode(DoctorReport report) => report.Worst switch
    {
        ProbeState.Works or ProbeState.NotInstalled => ExitCodes.Good,
        ProbeState.Attention => ExitCodes.Bad,
        _ => ExitCodes.NotDone,
    };
}

/// <summary>What a person asked the doctor for.</summary>
/// <param name="IsJson">One JSON document instead of lines.</param>
public sealed record DoctorRequest(bool IsJson);
