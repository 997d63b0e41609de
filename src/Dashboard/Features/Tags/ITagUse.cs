using WsusDashboard.Dashboard.Data;

namespace WsusDashboard.Dashboard.Features.Tags;

/// <summary>Something that names tags. A feature that does registers itself as one: then deleting a tag says where it was used.</summary>
internal interface ITagUse
{
    /// <summary>What uses it, in one word: "server", "view", "route".</summary>
    string Kind { get; }

    /// <summary>Where a tag is used now.</summary>
    /// <param name="context">The database.</param>
    /// <param name="key">The tag in lower case.</param>
    /// <param name="maximum">So many are named; all are counted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<TagUses> FindAsync(DashboardContext context, string key, int maximum, CancellationToken cancellationToken);
}

/// <summary>Where a tag is used, of one kind.</summary>
/// <param name="Kind">What uses it: server, view or route.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Items">The first of those that can be named, by name.</param>
public sealed record TagUses(string Kind, int Total, IReadOnlyList<TagUser> Items);

/// <summary>Something that uses a tag.</summary>
/// <param name="Id">Its number, as other answers give it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Href">The page that shows it.</param>
public sealed record TagUser(int Id, string Name, string Href);
