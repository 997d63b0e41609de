using WsusDashboard.Dashboard.Features.Logs;

namespace WsusDashboard.Dashboard.Features.Servers.Sections;

/// <summary>What the address of the log's tab names.</summary>
/// <param name="Log">As the agent names it.</param>
/// <param name="Moment">Where in it; null = its end, live.</param>
public sealed record LogPlace(string Log, LogMoment? Moment)
{
    /// <summary>Null where the fields name no log that can be opened.</summary>
    public static LogPlace? Of(string? log, string? at) =>
        LogService.Names.FirstOrDefault(name => string.Equals(name, log, StringComparison.OrdinalIgnoreCase)) is { } known ? new(known, LogMoment.Of(known, at)) : null;
}
