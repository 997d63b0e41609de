using System.Text;
using System.Text.Json;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Policy;

/// <summary>
/// Writes each change of the policy into the audit, and a policy that got wider as such, compared with the last one that could be used, also across restarts.
/// It keeps that one in a file of its own, which says too that there was a policy: one that is gone later allows nothing.
/// </summary>
internal sealed partial class PolicyAuditor(LocalPolicy policy, AgentAudit audit, AgentOptions options, TimeProvider timeProvider, ILogger<PolicyAuditor> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly string _knownPath = Path.Combine(options.DataDirectory, LocalPolicy.KnownFileName);
    private string? _known;
    private bool _hasRead;
    private string _lastProblem = "";

    /// <summary>Looks whether the policy changed.</summary>
    internal void Look()
    {
        try
        {
            if (!_hasRead)
            {
                (_known, _hasRead) = (File.Exists(_knownPath) ? File.ReadAllText(_knownPath) : null, true);
            }

            var (text, file, problem) = policy.ReadFile();
            if (problem is not null)
            {
                Tell(problem);
                return;
            }

            _lastProblem = "";
            if (file is not null && text != _known)
            {
                Take(text!, file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CommandException)
        {
            Log.NotWritten(logger, exception.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                Look();
                await Task.Delay(Pause, timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The agent ends.
        }
    }

    private void Take(string text, PolicyFile file)
    {
        var widened = PolicyComparison.Widened(Parse(_known), file);
        audit.Write(new AgentAuditEntry
        {
            Verb = widened.Count > 0 ? EventLogCopyWorker.PolicyWiderVerb : "policy",
            From = AgentCaller.Here,
            What = $"{file.Mode}",
            Outcome = "done",
            Detail = widened.Count > 0 ? $"Allows more than before: {string.Join("; ", widened)}" : _known is null ? "Read for the first time; allows nothing beyond the default." : "Changed; allows nothing more than before.",
        });
        PrivateFile.Write(_knownPath, Encoding.UTF8.GetBytes(text));
        _known = text;
    }

    private void Tell(string problem)
    {
        if (problem != _lastProblem)
        {
            audit.Write(new AgentAuditEntry { Verb = "policy", From = AgentCaller.Here, What = nameof(Shared.Snapshots.PolicyMode.MonitorOnly), Outcome = "failed", Detail = problem });
            _lastProblem = problem;
        }
    }

    /// <summary>The last policy; where there was none, the default was in force. Of a damaged one nobody knows what it allowed: whatever is allowed now counts as more.</summary>
    private static PolicyFile Parse(string? text)
    {
        try
        {
            return text is null ? PolicyFile.Default : PolicyFile.Parse(text);
        }
        catch (JsonException)
        {
            return PolicyFile.Default with { Mode = Shared.Snapshots.PolicyMode.MonitorOnly };
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Couldn't record a change of the local policy; trying again: {Reason}")]
        public static partial void NotWritten(ILogger logger, string reason);
    }
}
