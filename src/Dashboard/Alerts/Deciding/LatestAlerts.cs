using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Alerts.Deciding;

/// <summary>The newest alert of each route and group: those that are open, and of the others only how often there were some. Whoever decides changes a copy, and puts it in place of this when it is stored.</summary>
internal sealed class LatestAlerts
{
    private readonly Dictionary<(int RouteId, string GroupKey), Alert> _alerts;

    private LatestAlerts(Dictionary<(int RouteId, string GroupKey), Alert> alerts) => _alerts = alerts;

    public static LatestAlerts None => new([]);

    public IEnumerable<Alert> Open => _alerts.Values.Where(alert => alert.IsOpen);

    /// <param name="alerts">One for each route and group.</param>
    public static LatestAlerts Of(IEnumerable<Alert> alerts) => new(alerts.ToDictionary(alert => (alert.RouteId, alert.GroupKey)));

    public Alert? Find(int routeId, string groupKey) => _alerts.GetValueOrDefault((routeId, groupKey));

    public LatestAlerts Copy() => new(new(_alerts));

    public void Put(Alert alert) => _alerts[(alert.RouteId, alert.GroupKey)] = alert;

    /// <summary>Channels that hear of the group by another route already.</summary>
    public IEnumerable<int> ChannelsOf(string groupKey, IEnumerable<AlertRoute> routes, int exceptRouteId) =>
        routes.Where(route => route.Id != exceptRouteId).Select(route => Find(route.Id, groupKey)).Where(alert => alert is { State: AlertState.Told }).SelectMany(alert => alert!.Channels);
}
