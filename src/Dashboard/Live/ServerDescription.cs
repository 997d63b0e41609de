using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Dashboard.Live;

/// <summary>What people say about a server, as far as lists show it: its notes stay in the database. Immutable.</summary>
/// <param name="Tags">By name. They filter; they grant nothing.</param>
/// <param name="Owner">Null where nobody owns it.</param>
/// <param name="Revision">Another number after each change, also of the notes; 0 where nobody has said anything.</param>
public sealed record ServerDescription(ValueList<string> Tags, ServerOwner? Owner, long Revision)
{
    public static ServerDescription None { get; } = new([], null, 0);

    public bool HasTag(string tag) => Tags.Contains(tag, StringComparer.OrdinalIgnoreCase);

    public bool IsOwnedBy(string name) => Owner?.Name.Equals(name, StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>Who looks after a server.</summary>
/// <param name="PersonId">The account; null for somebody without one.</param>
/// <param name="Name">The account's name now, or what was typed.</param>
public sealed record ServerOwner(string? PersonId, string Name);

/// <summary>A tag of the fleet, and how many of the servers in sight have it.</summary>
public sealed record TagCount(string Tag, int Servers)
{
    /// <summary>By name.</summary>
    public static ValueList<TagCount> Of(IReadOnlyList<LiveServer> fleet) =>
    [
        .. fleet.SelectMany(server => server.Description.Tags).GroupBy(tag => tag, StringComparer.OrdinalIgnoreCase)
            .Select(group => new TagCount(group.Key, group.Count())).OrderBy(count => count.Tag, StringComparer.OrdinalIgnoreCase),
    ];
}

/// <summary>Somebody who owns servers, and how many of those in sight.</summary>
public sealed record OwnerCount(string Owner, int Servers)
{
    /// <summary>By name.</summary>
    public static ValueList<OwnerCount> Of(IReadOnlyList<LiveServer> fleet) =>
    [
        .. fleet.Select(server => server.Description.Owner?.Name).OfType<string>().GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
            .Select(group => new OwnerCount(group.Key, group.Count())).OrderBy(count => count.Owner, StringComparer.OrdinalIgnoreCase),
    ];
}
