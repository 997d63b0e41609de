using System.Text.Json;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Security.Policy;

/// <summary>
/// The local policy: what this agent may do, decided on the server itself. It is read from policy.json in the agent's data folder,
/// again whenever that file changed; nothing that comes over the network can widen it. Without the file the default is in force;
/// a damaged file means monitor-only, with the reason.
/// </summary>
/// <remarks>Safe for use from several threads.</remarks>
public sealed class LocalPolicy
{
    public const string FileName = "policy.json";

    /// <summary>The pool that the default allows where WSUS was not found yet.</summary>
    public const string DefaultPoolName = "WsusPool";

    private readonly string _path;
    private readonly TimeProvider _timeProvider;
    private readonly Lock _gate = new();
    private (DateTime WrittenAt, long Length)? _readVersion;
    private PolicyFile? _file;
    private DateTimeOffset? _changedAt;
    private string? _problem;

    /// <param name="dataDirectory">The agent's data folder.</param>
    /// <param name="timeProvider">The clock; its local time zone is that of the hours in the file.</param>
    public LocalPolicy(string dataDirectory, TimeProvider timeProvider)
    {
        _path = Path.Combine(dataDirectory, FileName);
        _timeProvider = timeProvider;
    }

    /// <summary>The policy in force now.</summary>
    /// <param name="wsusPoolName">The pool that serves WSUS, where it is known: the default allows this one.</param>
    public PolicyInForce Read(string? wsusPoolName)
    {
        lock (_gate)
        {
            Refresh();
            var now = TimeZoneInfo.ConvertTime(_timeProvider.GetUtcNow(), _timeProvider.LocalTimeZone);
            if (_problem is not null)
            {
                var refusing = new AgentPolicy
                {
                    Mode = PolicyMode.MonitorOnly,
                    Source = $"{_path} can't be used, so nothing is allowed: {_problem}",
                    Problem = _problem,
                    Path = _path,
                    ChangedAt = _changedAt,
                };
                return new PolicyInForce(refusing, [], now);
            }

            var policy = new AgentPolicy
            {
                Mode = _file?.Mode ?? PolicyMode.ApplySettings,
                AllowedServices = [.. _file?.AllowedServices ?? ServiceNames.Watched],
                AllowedPools = [.. _file?.AllowedPools ?? [string.IsNullOrEmpty(wsusPoolName) ? DefaultPoolName : wsusPoolName]],
                AllowedPlaybooks = [.. _file?.AllowedPlaybooks ?? []],
                Hours = [.. (_file?.Hours ?? []).Select(hours => hours.ToString())],
                NeedsLocalApproval = _file?.NeedsApprovalFor.Count == PolicyFile.ApprovalNames.Count,
                NeedsApprovalFor = [.. _file?.NeedsApprovalFor ?? []],
                KeepAnyway = _file?.KeepAnyway ?? false,
                Source = _file is null ? "default" : _path,
                Path = _path,
                ChangedAt = _changedAt,
            };
            var inForce = new PolicyInForce(policy, _file?.Hours ?? [], now);
            return inForce with { Policy = policy with { Closed = inForce.RefuseHours() ?? "" } };
        }
    }

    private void Refresh()
    {
        try
        {
            var information = new FileInfo(_path);
            if (!information.Exists)
            {
                (_file, _problem, _readVersion, _changedAt) = (null, null, null, null);
                return;
            }

            var version = (information.LastWriteTimeUtc, information.Length);
            _changedAt = new DateTimeOffset(version.LastWriteTimeUtc);
            if (_readVersion == version)
            {
                return;
            }

            _file = PolicyFile.Parse(File.ReadAllText(_path));
            (_problem, _readVersion) = (null, version);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            // No version is kept: a file that was caught half-written is read again by the next request.
            (_file, _problem, _readVersion) = (null, exception.Message, null);
        }
    }
}
