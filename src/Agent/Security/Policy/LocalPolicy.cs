using System.Text;
using System.Text.Json;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Policy;

/// <summary>
/// The local policy: what this agent may do, decided on the server itself. It is read from policy.json in the agent's data folder with each request; nothing that
/// comes over the network can widen it. A file that cannot be understood, or that was there once and is gone, means monitor-only, with the reason; the default
/// holds only where there never was one.
/// </summary>
/// <remarks>Safe for use from several threads.</remarks>
public sealed class LocalPolicy
{
    public const string FileName = "policy.json";

    /// <summary>The last policy that could be used, as the agent keeps it: it says that there was one.</summary>
    public const string KnownFileName = "policy.known.json";

    /// <summary>The pool that the default allows where WSUS was not found yet.</summary>
    public const string DefaultPoolName = "WsusPool";

    private readonly string _path;
    private readonly string _knownPath;
    private readonly TimeProvider _timeProvider;
    private readonly Lock _gate = new();
    private string? _text;
    private PolicyFile? _file;
    private DateTimeOffset? _changedAt;
    private string? _problem;
    private bool _wasThere;

    /// <param name="dataDirectory">The agent's data folder.</param>
    /// <param name="timeProvider">The clock; its local time zone is that of the hours in the file.</param>
    public LocalPolicy(string dataDirectory, TimeProvider timeProvider)
    {
        (_path, _knownPath) = (Path.Combine(dataDirectory, FileName), Path.Combine(dataDirectory, KnownFileName));
        _timeProvider = timeProvider;
    }

    /// <summary>True where a data folder holds a policy, or held one once.</summary>
    public static bool WasEverIn(string dataDirectory) => File.Exists(Path.Combine(dataDirectory, FileName)) || File.Exists(Path.Combine(dataDirectory, KnownFileName));

    /// <summary>Saves a policy whole: whoever reads it meanwhile gets the one before or this one.</summary>
    /// <exception cref="JsonException">The text is not a policy; nothing was written.</exception>
    /// <exception cref="IOException">It cannot be written; the one before is still there.</exception>
    public static void Save(string dataDirectory, string text)
    {
        PolicyFile.Parse(text);
        PrivateFile.Write(Path.Combine(dataDirectory, FileName), Encoding.UTF8.GetBytes(text));
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

            var file = _file ?? PolicyFile.Default;
            var policy = new AgentPolicy
            {
                Mode = file.Mode,
                AllowedServices = [.. file.AllowedServices ?? ServiceNames.Watched],
                AllowedPools = [.. file.AllowedPools ?? [string.IsNullOrEmpty(wsusPoolName) ? DefaultPoolName : wsusPoolName]],
                AllowedPlaybooks = [.. file.AllowedPlaybooks ?? []],
                Hours = [.. file.Hours.Select(hours => hours.ToString())],
                NeedsLocalApproval = file.NeedsApprovalFor.Count == PolicyFile.ApprovalNames.Count,
                NeedsApprovalFor = [.. file.NeedsApprovalFor],
                KeepAnyway = file.KeepAnyway,
                Source = _file is null ? "default" : _path,
                Path = _path,
                ChangedAt = _changedAt,
            };
            var inForce = new PolicyInForce(policy, file.Hours, now) { Rate = file.Rate };
            return inForce with { Policy = policy with { Closed = inForce.RefuseHours() ?? "" } };
        }
    }

    /// <summary>The file as it is now; all null where there never was one.</summary>
    internal (string? Text, PolicyFile? File, string? Problem) ReadFile()
    {
        lock (_gate)
        {
            Refresh();
            return (_text, _file, _problem);
        }
    }

    private void Refresh()
    {
        try
        {
            var information = new FileInfo(_path);
            if (!information.Exists)
            {
                _wasThere = _wasThere || File.Exists(_knownPath);
                (_file, _text, _changedAt) = (null, null, null);
                _problem = _wasThere ? $"{FileName} is missing. Restore it or write a new one; {KnownFileName} beside it has its last content." : null;
                return;
            }

            _wasThere = true;
            _changedAt = new DateTimeOffset(information.LastWriteTimeUtc);
            var text = information.Length <= PolicyFile.MaximumBytes ? File.ReadAllText(_path) : throw new JsonException($"the file is larger than {PolicyFile.MaximumBytes / 1024} KB");
            if (_problem is null && text == _text)
            {
                return;
            }

            _file = PolicyFile.Parse(text);
            (_problem, _text) = (null, text);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            // A file that was caught half-written is read again by the next request.
            (_file, _problem, _text) = (null, exception.Message, null);
        }
    }
}
