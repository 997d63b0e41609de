using System.Globalization;
using System.Net;

namespace WsusDashboard.Agent.Settings;

/// <summary>What each option may be. One rule an option; a test holds that none is forgotten.</summary>
internal static class AgentOptionsRules
{
    private const int MaximumNameLength = 255;

    /// <summary>The names of the options that have a rule.</summary>
    public static IReadOnlyCollection<string> Names => Rules.Keys;

    private static Dictionary<string, Func<AgentOptions, string?>> Rules { get; } = new()
    {
        [nameof(AgentOptions.DataDirectory)] = options => Folder(options.DataDirectory),
        [nameof(AgentOptions.ListenAddress)] = options => Address(options.ListenAddress),
        [nameof(AgentOptions.Port)] = options => Number(options.Port, 0, 65535, "0 picks a free one"),
        [nameof(AgentOptions.ComputerName)] = options => Name(options.ComputerName),
        [nameof(AgentOptions.ApplicationHostConfig)] = options => Folder(options.ApplicationHostConfig),
        [nameof(AgentOptions.WsusHost)] = options => HostName(options.WsusHost),
        [nameof(AgentOptions.SusdbServer)] = options => SqlServer(options.SusdbServer),
        [nameof(AgentOptions.SusdbEncrypt)] = _ => null,
        [nameof(AgentOptions.ConfigMgrLogDirectory)] = options => Folder(options.ConfigMgrLogDirectory),
        [nameof(AgentOptions.StateInterval)] = options => Span(options.StateInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
        [nameof(AgentOptions.IdleInterval)] = options => Span(options.IdleInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
        [nameof(AgentOptions.BusyInterval)] = options => Span(options.BusyInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
        [nameof(AgentOptions.CountsInterval)] = options => Span(options.CountsInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
        [nameof(AgentOptions.PoolRestartWait)] = options => Span(options.PoolRestartWait, TimeSpan.Zero, TimeSpan.FromMinutes(5)),
        [nameof(AgentOptions.SyncTimeLimit)] = options => Span(options.SyncTimeLimit, TimeSpan.FromSeconds(1), TimeSpan.FromDays(2)),
        [nameof(AgentOptions.ServiceTimeLimit)] = options => Span(options.ServiceTimeLimit, TimeSpan.FromSeconds(1), TimeSpan.FromHours(2)),
        [nameof(AgentOptions.IisResetTimeLimit)] = options => Span(options.IisResetTimeLimit, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
        [nameof(AgentOptions.MaximumKeptEvents)] = options => Number(options.MaximumKeptEvents, 1000, 10_000_000, "each takes about 300 bytes on disk"),
    };

    public static void Check(AgentOptions options, List<string> errors) =>
        errors.AddRange(Rules
            .Select(rule => (rule.Key, Error: rule.Value(options)))
            .Where(result => result.Error is not null)
            .Select(result => $"{AgentOptions.SectionName}:{result.Key} is {result.Error}"));

    private static string? Number(int value, int minimum, int maximum, string hint) =>
        value >= minimum && value <= maximum
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{value}. Allowed: {minimum} to {maximum} ({hint}).");

    private static string? Span(TimeSpan value, TimeSpan minimum, TimeSpan maximum) =>
        value >= minimum && value <= maximum
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"\"{value:c}\". Allowed: {minimum:c} to {maximum:c} (days.hours:minutes:seconds).");

    private static string? Address(string value) =>
        IPAddress.TryParse(value, out _)
            ? null
            : $"\"{value}\". Allowed: an address of this computer, 0.0.0.0 or :: for all of them, 127.0.0.1 or ::1 for a dashboard on this computer only. Other computers are answered over TLS alone.";

    private static string? Name(string value) =>
        value.Length <= MaximumNameLength && !value.Any(char.IsControl)
            ? null
            : $"too long or has control characters. Allowed: at most {MaximumNameLength} printable characters; empty takes the computer's name.";

    private static string? HostName(string value) =>
        value.Length == 0 || Uri.CheckHostName(value) != UriHostNameType.Unknown
            ? null
            : $"\"{value}\". Allowed: a host name or an address without port; empty takes localhost or the name in WSUS's certificate.";

    private static string? SqlServer(string value) =>
        value.Length <= MaximumNameLength && value.IndexOfAny([';', '=', '"', '\'']) < 0 && !value.Any(char.IsControl)
            ? null
            : $"\"{value}\". Allowed: a SQL Server as SERVER, SERVER\\INSTANCE or SERVER,PORT; empty takes the one in the registry.";

    private static string? Folder(string value) =>
        value.IndexOfAny(Path.GetInvalidPathChars()) < 0
            ? null
            : "a path with characters that no path may have. Allowed: a path on this computer; empty takes the default.";
}
