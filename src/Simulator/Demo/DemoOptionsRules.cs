using System.Globalization;
using System.Text.Json;
using WsusDashboard.Shared.Settings;

namespace WsusDashboard.Simulator.Demo;

/// <summary>Every mistake is named, with what is allowed.</summary>
internal static class DemoOptionsRules
{
    private const int MinimumTokenLength = 32;

    public static IEnumerable<string> Mistakes(DemoOptions options)
    {
        foreach (var option in OptionEntry.In("", options).Where(option => !option.IsValid))
        {
            yield return Text($"--{JsonNamingPolicy.KebabCaseLower.ConvertName(option.Property.Name)} is {option.Value}. Allowed: {option.Allowed}.");
        }

        var last = options.AgentPort + options.Servers - 1;
        if (options.AgentPort is > 0 and <= DemoOptions.MaximumPort && last > DemoOptions.MaximumPort)
        {
            yield return Text($"--agent-port is {options.AgentPort}: with {options.Servers} servers the last agent would need port {last}. Allowed: at most {DemoOptions.MaximumPort - options.Servers + 1}.");
        }

        if (!options.AgentsOnly && options.Port > 0 && options.Port >= options.AgentPort && options.Port <= last)
        {
            yield return Text($"--port is {options.Port}, which is also the port of an agent ({options.AgentPort} to {last}). Allowed: a port outside that range.");
        }

        if (options.ApiToken is { Length: < MinimumTokenLength })
        {
            yield return Text($"--api-token has {options.ApiToken.Length} characters. Allowed: {MinimumTokenLength} or more, because it gives full access to the dashboard.");
        }

        if (string.IsNullOrWhiteSpace(options.DataDirectory) || options.DataDirectory.IndexOfAny(Path.GetInvalidPathChars()) >= 0 || File.Exists(options.DataDirectory))
        {
            yield return $"--data is \"{options.DataDirectory}\"{(File.Exists(options.DataDirectory) ? ", which is a file" : "")}. Allowed: the path of a folder; it's created if it doesn't exist.";
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
