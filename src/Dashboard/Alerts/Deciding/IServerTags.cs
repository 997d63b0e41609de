using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Alerts.Deciding;

/// <summary>The tags of a server.</summary>
internal interface IServerTags
{
    IReadOnlyList<string> Of(LiveServer server);
}

/// <summary>Servers have no tags.</summary>
internal sealed class NoServerTags : IServerTags
{
    public IReadOnlyList<string> Of(LiveServer server) => [];
}
