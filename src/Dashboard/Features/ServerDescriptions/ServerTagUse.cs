using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Features.Tags;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.ServerDescriptions;

/// <summary>Servers that have a tag.</summary>
internal sealed class ServerTagUse : ITagUse
{
    public string Kind => "server";

    public async Task<TagUses> FindAsync(DashboardContext context, string key, int maximum, CancellationToken cancellationToken)
    {
        var found = context.Servers.AsNoTracking().Where(server => context.ServerTags.Any(pair => pair.ServerId == server.Id && pair.TagKey == key));
        var named = await found.OrderBy(server => server.NameKey).ThenBy(server => server.Id).Take(maximum).Select(server => new { server.Id, server.Name }).ToListAsync(cancellationToken);
        return new(Kind, await found.CountAsync(cancellationToken), [.. named.Select(server => new TagUser(server.Id, server.Name, Links.Server(server.Id, "about")))]);
    }
}
