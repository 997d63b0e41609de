using System.CommandLine;
using WsusDashboard.Agent.Cli;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Demo;

/// <summary>"doctor --server NAME": the agent's doctor over the edges of one simulated server, which is made for it and gone after it.</summary>
public static class ServerDoctorCommand
{
    private const int NotDone = 2;

    /// <param name="arguments">What follows "doctor" on the command line.</param>
    /// <param name="output">Where the report goes.</param>
    /// <param name="error">Where mistakes go.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>As the agent's doctor; 2 for a wrong command line too.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        var profiles = ScenarioCatalog.Create(EstateOptions.DefaultServers, EstateOptions.DefaultSeed);
        var server = new Option<string>("--server") { HelpName = "NAME", Description = $"The server to check: {string.Join(", ", profiles.Select(profile => profile.Name))}.", DefaultValueFactory = _ => profiles[0].Name };
        server.AcceptOnlyFromAmong([.. profiles.Select(profile => profile.Name)]);
        var doctor = new DoctorOptions();
        var command = new RootCommand("Runs the agent's doctor on a simulated server.") { server };
        doctor.AddTo(command);
        command.SetAction((parsed, token) => ExamineAsync(profiles.First(profile => profile.Name == parsed.GetValue(server)), doctor.Read(parsed), output, error, token));
        var parsed = command.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var mistake in parsed.Errors)
            {
                await error.WriteLineAsync(mistake.Message);
            }

            return NotDone;
        }

        return await parsed.InvokeAsync(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
    }

    private static async Task<int> ExamineAsync(ServerProfile profile, DoctorRequest request, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("wsusdashboard-doctor-");
        try
        {
            await using var estate = await Estate.StartAsync(new EstateOptions { DataDirectory = folder.FullName, Profiles = [profile] }, cancellationToken: cancellationToken);
            var agent = estate.Servers[0].Agent;
            var console = new CommandConsole { In = TextReader.Null, Out = output, Error = error, IsInteractive = false, WaitForInterruptAsync = token => Task.Delay(Timeout.Infinite, token) };
            return await DoctorCommand.RunAsync(agent.CreateOptions(), [], agent.Edges, console, request, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
