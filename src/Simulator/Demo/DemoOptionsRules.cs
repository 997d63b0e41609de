using System.Globalization;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Demo;

/// <summary>What each option may be; every mistake is named, with what is allowed.</summary>
internal static class DemoOptionsRules
{
    private const int MaximumPort = 65_535;
    private const int MinimumTokenLength = 32;

    public static IReadOnlyList<string> Check(DemoOptions options)
    {
        var errors = new List<string>();
        Range(errors, "--servers", options.Servers, 1, ScenarioCatalog.MaximumServers);
        Range(errors, "--history-days", options.HistoryDays, EstateOptions.DefaultHistoryDays, EstateOptions.MaximumHistoryDays);
        Range(errors, "--port", options.Port, 0, MaximumPort);
        Range(errors, "--agent-port", options.AgentPort, 0, MaximumPort);
        if (options.Speed is not (>= EstateOptions.MinimumSpeed and <= EstateOptions.MaximumSpeed))
        {
            errors.Add(Text($"--speed is {options.Speed}. Allowed: {EstateOptions.MinimumSpeed} to {EstateOptions.MaximumSpeed}; 10 = ten times as fast."));
        }

        var last = options.AgentPort + options.Servers - 1;
        if (options.AgentPort > 0 && options.AgentPort <= MaximumPort && last > MaximumPort)
        {
            errors.Add(Text($"--agent-port is {options.AgentPort}: with {options.Servers} servers the last agent would need port {last}. Allowed: at most {MaximumPort - options.Servers + 1}."));
        }

        if (!options.AgentsOnly && options.Port > 0 && options.Port >= options.AgentPort && options.Port <= last)
        {
            errors.Add(Text($"--port is {options.Port}, which is also the port of an agent ({options.AgentPort} to {last}). Allowed: a port outside of that range."));
        }

        if (options.ApiToken is { Length: < MinimumTokenLength })
        {
            errors.Add(Text($"--api-token has {options.ApiToken.Length} characters. Allowed: {MinimumTokenLength} or more; it opens the whole dashboard."));
        }

        Folder(errors, options.DataDirectory);
        return errors;
    }

    private static void Range(List<string> errors, string option, int value, int minimum, int maximum)
    {
        if (value < minimum || value > maximum)
        {
            errors.Add(Text($"{option} is {value}. Allowed: {minimum} to {maximum}."));
        }
    }

    private static void Folder(List<string> errors, string path)
    {
        if (string.IsNullOrWhiteSpace(path) || path.IndexOfAny(Path.GetInvalidPathChars()) >= 0)
        {
            errors.Add($"--data is \"{path}\". Allowed: the path of a folder; it is made where it does not exist.");
        }
        else if (File.Exists(path))
        {
            errors.Add($"--data is \"{path}\", which is a file. Allowed: the path of a folder; it is made where it does not exist.");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
