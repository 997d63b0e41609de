using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Servers.Sections;

/// <summary>How fresh a section is, and why it is not: what every card of the server's page shows in the same way.</summary>
/// <param name="Status">How the last read went.</param>
/// <param name="ReadAt">UTC time of the values.</param>
/// <param name="IsStale">True where they are older than two intervals, or the agent does not answer.</param>
/// <param name="Problem">Why this section could not be read, for a person; null while it can.</param>
/// <param name="StaleReason">Said on hover of a stale age: the problem, or that the agent does not answer, which the head of the page says for all sections.</param>
/// <param name="Since">UTC time since which it is so.</param>
public sealed record SectionStamp(SectionStatus Status, DateTimeOffset? ReadAt, bool IsStale, string? Problem, string? StaleReason, DateTimeOffset? Since)
{
    /// <summary>True where there is something to show, read well or not.</summary>
    public bool HasValue { get; init; }

    /// <summary>Why it is read less often than set; empty where it is not.</summary>
    public string Slowed { get; init; } = "";

    public static SectionStamp Of<T>(Section<T>? section, LinkStatus link, DateTimeOffset now)
        where T : class =>
        section is null
            ? new SectionStamp(SectionStatus.Pending, null, false, null, null, null)
            : Describe(section with { ReadAt = NotAfter(section.ReadAt, now) }, link, now) with { HasValue = section.Value is not null, Slowed = section.Slowed };

    /// <summary>What was read was read before now, whatever the clock of the server says.</summary>
    public static DateTimeOffset? NotAfter(DateTimeOffset? at, DateTimeOffset now) => at > now ? now : at;

    private static SectionStamp Describe<T>(Section<T> section, LinkStatus link, DateTimeOffset now)
        where T : class
    {
        if (link.IsLost)
        {
            return new SectionStamp(section.Status, section.ReadAt, true, null, $"The agent isn't answering: {link.Error}", link.Since);
        }

        if (section.Status == SectionStatus.Unreadable)
        {
            var problem = $"{Reason(section.Failure)}{section.Error}";
            return new SectionStamp(section.Status, section.ReadAt, true, problem, problem, section.FailingSince);
        }

        return new SectionStamp(section.Status, section.ReadAt, section.IsStale(now), null, null, null);
    }

    private static string Reason(ReadFailure failure) => failure switch
    {
        ReadFailure.AccessDenied => "Access denied. ",
        ReadFailure.Unavailable => "Not available. ",
        ReadFailure.Malformed => "The response couldn't be read. ",
        ReadFailure.TimedOut => "Timed out. ",
        ReadFailure.NotFound => "Not found. ",
        _ => "",
    };
}
