using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Tags;

/// <summary>Tags in words.</summary>
internal static class TagLabels
{
    /// <summary>"3 servers and 1 view"; "nothing".</summary>
    public static string Uses(IReadOnlyList<TagUses> uses) =>
        uses.Where(use => use.Total > 0).Select(use => Wording.Count(use.Total, use.Kind)).ToList() is { Count: > 0 } words ? string.Join(" and ", words) : "nothing";

    public static ConfirmRequest DeleteQuestion(TagDetail tag) => new()
    {
        Title = $"Delete tag “{tag.Tag}”?",
        Consequence = $"It's used by {Uses(tag.Uses)}. Servers lose it. Views that filter by it stay, find nothing and say that it was deleted.",
        Touches = [.. tag.Uses.SelectMany(use => use.Items.Select(item => $"{use.Kind} {item.Name}").Concat(Others(use)))],
        Verb = $"Delete tag “{tag.Tag}”",
        IsDangerous = true,
    };

    private static IEnumerable<string> Others(TagUses use) =>
        use.Total > use.Items.Count ? [$"{Wording.Count(use.Total - use.Items.Count, use.Kind == "view" ? "other person's view" : $"more {use.Kind}", use.Kind == "view" ? "views of other people" : null)}"] : [];
}
