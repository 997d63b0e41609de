using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Posture.Verdicts;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>What one look at a live server says about its problems. Pure.</summary>
internal sealed class ServerReading
{
    private static readonly HashSet<string> ServiceCauses =
    [
        FindingIds.SmsExecutiveStopped, FindingIds.SiteComponentManagerStopped, FindingIds.NotificationServerStopped, FindingIds.SmsAgentHostStopped,
        FindingIds.WsusServiceStopped, FindingIds.WorldWideWebStopped, FindingIds.ProcessActivationStopped,
    ];

    private static readonly HashSet<string> IisCauses = [.. FindingIds.PoolCauses, FindingIds.PoolFewApplications, FindingIds.SettingsDrift, FindingIds.IisConfigurationDamaged];

    private readonly LiveServer _server;
    private readonly DateTimeOffset _now;
    private readonly bool _isAwaited;
    private readonly PostureAssessment _posture;

    public ServerReading(LiveServer server, DateTimeOffset now)
    {
        (_server, _now) = (server, now);
        _posture = LivePosture.Of(server, now);
        Standing = server.Assessment is { } assessment ? StandingCauses.Of(assessment, _posture, now) : [];
        _isAwaited = server.Assessment?.Findings.Any(finding => finding.Id == FindingIds.SyncAwaited && finding.Repair is null) == true;
    }

    public LiveServer Server => _server;

    /// <summary>Most important first.</summary>
    public IReadOnlyList<StandingCause> Standing { get; }

    /// <summary>What the look says about one cause.</summary>
    /// <param name="causeId">The cause.</param>
    /// <param name="playbook">The playbook that helps against it, as far as it was ever known.</param>
    public CauseReading Of(string causeId, string? playbook)
    {
        var standing = Standing.FirstOrDefault(cause => cause.Id == causeId);
        var repair = _server.ActiveRepair is { IsWaiting: false } running ? running : null;
        var advised = standing?.Playbook ?? playbook;
        return new CauseReading
        {
            Now = _now,
            ReadAt = ReadAt(causeId),
            IsTold = IsTold(causeId, standing is not null),
            Standing = standing,
            IsAwaited = _isAwaited && causeId != FindingIds.AgentUnreachable && !ServiceCauses.Contains(causeId) && causeId != FindingIds.SettingsDrift && !PostureCauses.IsOne(causeId),
            RepairId = repair?.RepairId,
            RepairSince = repair?.StartedAt,
            IsAddressed = repair is not null && (IsMarked(causeId) || (advised is not null && PlaybookScope.Includes(repair.Playbook, advised))),
            RepairEndedAt = _server.LastRepairEndedAt,
        };
    }

    /// <summary>That a server does not answer is told by its link alone; anything else by a server that answers, has been read, and whose history is here.</summary>
    private bool IsTold(string causeId, bool isStanding)
    {
        if (_server.Assessment is null)
        {
            return false;
        }

        if (causeId == FindingIds.AgentUnreachable)
        {
            return isStanding ? _server.Link.IsLost : _server.Link.State is LinkState.Up;
        }

        return _server.Link.State is LinkState.Up && !_server.History.IsIncomplete && _server.Snapshot is { } snapshot && IsRead(snapshot)
            && (isStanding || IsSourceRead(causeId, snapshot));
    }

    /// <summary>An agent that has just started has not read everything once.</summary>
    private static bool IsRead(Snapshot snapshot) =>
        snapshot.Iis.Status is not SectionStatus.Pending && snapshot.Services.Status is not SectionStatus.Pending && snapshot.Wsus.Status is not SectionStatus.Pending
        && snapshot.ConfigMgr.Status is not SectionStatus.Pending && snapshot.Events.Status is not SectionStatus.Pending;

    /// <summary>What cannot be read is not gone.</summary>
    private bool IsSourceRead(string causeId, Snapshot snapshot) =>
        PostureCauses.IsOne(causeId) ? PostureCauses.IsTold(causeId, snapshot, _posture)
        : IisCauses.Contains(causeId) ? snapshot.Iis.Status is SectionStatus.Ok
        : !ServiceCauses.Contains(causeId) || snapshot.Services.Status is SectionStatus.Ok;

    private DateTimeOffset? ReadAt(string causeId) => causeId == FindingIds.AgentUnreachable || _server.Snapshot is not { } snapshot ? _server.Link.LastMessageAt
        : PostureCauses.IsOne(causeId) ? snapshot.Posture.ReadAt
        : IisCauses.Contains(causeId) ? snapshot.Iis.ReadAt
        : ServiceCauses.Contains(causeId) ? snapshot.Services.ReadAt
        : new[] { snapshot.Iis.ReadAt, snapshot.Services.ReadAt, snapshot.Wsus.ReadAt, snapshot.ConfigMgr.ReadAt, snapshot.Events.ReadAt }.Max();

    private bool IsMarked(string causeId) =>
        _server.Assessment?.Findings.Any(finding => finding.Id == causeId && finding.Repair is { Role: FindingRepairRole.Addresses }) == true;
}
