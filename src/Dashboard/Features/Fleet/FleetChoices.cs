using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>Tags and owners to choose from. What the address asks for stands there too, spelled as there, also where no server has it: else the list would show another choice than the one in force.</summary>
internal static class FleetChoices
{
    public static IEnumerable<TagCount> Of(IReadOnlyList<TagCount> tags, string? asked) => tags.Any(tag => tag.Tag == asked) || asked is null
        ? tags
        : [new(asked, tags.Where(tag => Same(tag.Tag, asked)).Sum(tag => tag.Servers)), .. tags.Where(tag => !Same(tag.Tag, asked))];

    public static IEnumerable<OwnerCount> Of(IReadOnlyList<OwnerCount> owners, string? asked) => owners.Any(owner => owner.Owner == asked) || asked is null
        ? owners
        : [new(asked, owners.Where(owner => Same(owner.Owner, asked)).Sum(owner => owner.Servers)), .. owners.Where(owner => !Same(owner.Owner, asked))];

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
