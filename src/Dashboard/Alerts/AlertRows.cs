using System.Text.Json;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Alerts;

/// <summary>Rows of alerts, and what they are made of.</summary>
internal static class AlertRows
{
    public static Alert ToAlert(AlertEntity row) => new()
    {
        RouteId = row.RouteId,
        GroupKey = row.GroupKey,
        Occurrence = row.Occurrence,
        State = row.State,
        CauseId = row.CauseId,
        Title = row.Title,
        Subject = row.Subject,
        Severity = row.Severity,
        OpenedAt = row.OpenedAt.ToOffset(),
        UnansweredSince = row.UnansweredSince.ToOffset(),
        ToldAt = row.ToldAt.ToOffset(),
        NewestTold = row.NewestTold.ToOffset(),
        EscalatedAt = row.EscalatedAt.ToOffset(),
        EndedAt = row.EndedAt.ToOffset(),
        IsAcknowledged = row.IsAcknowledged,
        EventCount = row.EventCount,
        Channels = row.Channels,
        ProblemIds = row.ProblemIds,
    };

    public static void Copy(Alert alert, AlertEntity row)
    {
        row.State = alert.State;
        row.Title = alert.Title;
        row.Subject = alert.Subject;
        row.Severity = alert.Severity;
        row.OpenedAt = alert.OpenedAt.UtcDateTime;
        row.UnansweredSince = alert.UnansweredSince?.UtcDateTime;
        row.ToldAt = alert.ToldAt?.UtcDateTime;
        row.NewestTold = alert.NewestTold?.UtcDateTime;
        row.EscalatedAt = alert.EscalatedAt?.UtcDateTime;
        row.EndedAt = alert.EndedAt?.UtcDateTime;
        row.IsAcknowledged = alert.IsAcknowledged;
        row.EventCount = alert.EventCount;
        row.Channels = alert.Channels;
        row.ProblemIds = alert.ProblemIds;
    }

    public static AlertRoute ToRoute(AlertRouteEntity row) => new(row.Id, row.Name, row.Position, JsonColumn.Read(row.Rule, new AlertRule()));

    public static MaintenanceWindow ToWindow(MaintenanceWindowEntity row) => new(row.Id, row.Name, JsonColumn.Read(row.Rule, new WindowRule()));

    public static AlertMessage? ToMessage(AlertDeliveryEntity row) => JsonColumn.Read<AlertMessage?>(row.Message, null);

    public static string ToJson<T>(T value) => JsonSerializer.Serialize(value, JsonColumn.Json);
}
