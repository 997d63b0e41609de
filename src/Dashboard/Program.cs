namespace WsusDashboard.Dashboard;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            await using var dashboard = DashboardHost.Build(arguments);
            await dashboard.RunAsync();
            return 0;
        }
        catch (DashboardStartException exception)
        {
            // Mistakes of the settings are for a person at a command line: all of them, and no stack trace.
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (IOException exception)
        {
            // The port is taken: Kestrel's own sentence names it.
            await Console.Error.WriteLineAsync($"The dashboard could not start: {exception.Message} Choose another with --Dashboard:Port.");
            return 1;
        }
    }
}
