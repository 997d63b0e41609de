using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Features.Tags;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Features.SavedViews;

/// <summary>Saved views that filter by a tag. Other people's own ones are counted, and not named.</summary>
internal sealed class SavedViewTagUse : ITagUse
{
    public string Kind => "view";

    public async Task<TagUses> FindAsync(DashboardContext context, string key, int maximum, CancellationToken cancellationToken)
    {
        // Only the page's own reader knows what an address says: the database narrows it down.
        var total = 0;
        List<TagUser> named = [];
        await foreach (var view in context.SavedViews.AsNoTracking().Where(view => view.Query.Contains("tag=")).OrderBy(view => view.NameKey).ThenBy(view => view.Id).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (FleetQuery.FromUri("/?" + view.Query).Tag is not { } tag || TagRules.KeyOf(tag) != key)
            {
                continue;
            }

            total++;
            if (view.PersonId.Length == 0 && named.Count < maximum)
            {
                named.Add(new(view.Id, view.Name, $"{Links.Fleet}?{view.Query}"));
            }
        }

        return new(Kind, total, named);
    }
}
