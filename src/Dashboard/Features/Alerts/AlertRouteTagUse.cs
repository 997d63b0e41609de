using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Alerts;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Features.Tags;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>Routes that hear only of servers with a tag: without it they would hear of none.</summary>
internal sealed class AlertRouteTagUse : ITagUse
{
    public string Kind => "route";

    public async Task<TagUses> FindAsync(DashboardContext context, string key, int maximum, CancellationToken cancellationToken)
    {
        var rows = await context.AlertRoutes.AsNoTracking().OrderBy(route => route.Position).ToListAsync(cancellationToken);
        var found = rows.Select(AlertRows.ToRoute).Where(route => route.Rule.Tags.Any(tag => TagRules.KeyOf(tag) == key)).ToList();
        return new(Kind, found.Count, [.. found.Take(maximum).Select(route => new TagUser(route.Id, route.Name, Links.Alerts))]);
    }
}
