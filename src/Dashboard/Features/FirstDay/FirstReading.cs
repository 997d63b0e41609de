using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.FirstDay;

/// <summary>One thing that an agent reads on its server, in a line. Pure.</summary>
/// <param name="Name">What is read.</param>
/// <param name="Text">What was found, or why not.</param>
/// <param name="Tone">Class of its colour.</param>
/// <param name="Icon">Says the same without colour.</param>
internal sealed record FirstReading(string Name, string Text, string Tone, string Icon)
{
    public static IReadOnlyList<FirstReading> Of(Snapshot snapshot) =>
    [
        Of("Computer", snapshot.Host, host => host.OperatingSystem.Length > 0 ? host.OperatingSystem : "read"),
        Of("WSUS", snapshot.Wsus, wsus => wsus.Counts is { } counts ? Wording.Count(counts.Updates, "update") : "read"),
        Of("IIS and the WSUS pool", snapshot.Iis, iis => iis.WsusPool is { } pool ? $"{pool.Name} {pool.State.ToString().ToLowerInvariant()}" : "no WSUS pool found"),
        Of("Services", snapshot.Services, _ => "read"),
        Of("Configuration Manager", snapshot.ConfigMgr, _ => "read"),
        Of("Windows events", snapshot.Events, _ => "read"),
        Of("What clients get", snapshot.Client, _ => "read"),
    ];

    private static FirstReading Of<T>(string name, Section<T> section, Func<T, string> say)
        where T : class => section.Status switch
        {
            SectionStatus.Ok => new(name, section.Value is { } value ? say(value) : "read", "tone-good", "check"),
            SectionStatus.NotInstalled => new(name, "not installed here", "tone-quiet", "none"),
            SectionStatus.Unreadable => new(name, section.Error is { Length: > 0 } error ? $"can't be read: {error}" : "can't be read", "tone-warning", "warn"),
            _ => new(name, "being read", "tone-quiet", "clock"),
        };
}
