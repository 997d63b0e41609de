using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>Someone's word that a finding is accepted until a moment.</summary>
/// <param name="Until">UTC.</param>
/// <param name="Reason">As the person gave it.</param>
/// <param name="By">Name of the person, as it was then.</param>
/// <param name="At">UTC time at which it was said.</param>
public sealed record PostureAcknowledgement(DateTimeOffset Until, string Reason, string By, DateTimeOffset At);

/// <summary>What people have accepted, as the rows said at one moment. Immutable.</summary>
internal sealed class AcceptedFindings
{
    private readonly Dictionary<(int ServerId, string FindingId), PostureAcknowledgementEntity> _rows;

    private AcceptedFindings(Dictionary<(int, string), PostureAcknowledgementEntity> rows) => _rows = rows;

    public static AcceptedFindings None { get; } = new([]);

    public static async Task<AcceptedFindings> ReadAsync(DashboardContext context, SiteScope scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var moment = now.UtcDateTime;
        var rows = await context.PostureAcknowledgements.AsNoTracking().Where(row => row.Until > moment).Within(scope, context.Servers, row => row.ServerId).ToListAsync(cancellationToken);
        return new(rows.ToDictionary(row => (row.ServerId, row.FindingId)));
    }

    /// <summary>Null where nobody has accepted it, the end has passed, or it has become more severe than what was accepted.</summary>
    public PostureAcknowledgement? Find(int serverId, PostureFinding finding, DateTimeOffset now) =>
        _rows.GetValueOrDefault((serverId, finding.Id)) is { } row && row.Until > now.UtcDateTime && finding.Severity <= row.Severity
            ? new(row.Until.ToOffset(), row.Reason, row.Who, row.At.ToOffset())
            : null;
}
