using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>Could the server be read, and is what was read still true?</summary>
internal static class ReadingRules
{
    public const string RepairConfigurationFirst = "The agent can't read IIS right now, so nothing is changed there. Fix that first; the findings say why.";

    /// <summary>A finding that comes and goes with one late read helps nobody.</summary>
    private static readonly TimeSpan StaleMargin = TimeSpan.FromMinutes(1);

    public static IEnumerable<RuleFinding> Unreachable(RuleContext context)
    {
        if (!context.Observation.IsReachable)
        {
            yield return new RuleFinding(UnreachableFinding(context.Observation));
        }
    }

    public static Finding UnreachableFinding(Observation observation)
    {
        var since = observation.UnreachableSince is { } at ? $" for {Wording.Duration(observation.Now - at)}" : "";

        return new Finding
        {
            Id = FindingIds.AgentUnreachable,
            Severity = Severity.Critical,
            Title = observation.IsQuarantined ? "In quarantine" : "No answer",
            Explanation = observation.IsQuarantined
                ? $"WsusDashboard is ignoring the agent on {observation.ServerName} for now, because it broke the contract or sent too much. You're seeing this server's last known state."
                : $"The agent on {observation.ServerName} hasn't answered{since}. You're seeing this server's last known state.",
            Evidence = [new Evidence("Connection to the agent", observation.LinkError ?? "no answer", "Dashboard", observation.UnreachableSince)],
            Since = observation.UnreachableSince,
            Source = Sources.Product,
            NextStep = observation.IsQuarantined
                ? $"Look at {observation.ServerName} itself: is its agent the one you installed, and is it up to date? Then release it on its page. WsusDashboard tries again every 15 minutes."
                : $"Check that {observation.ServerName} is running, that its agent service is started, and that the dashboard can reach it over the network.",
            Weight = Weights.Unreachable,
        };
    }

    public static IEnumerable<RuleFinding> Unreadable(RuleContext context)
    {
        var readings = Readings(context.Snapshot).Where(reading => reading.Status is SectionStatus.Unreadable).ToList();
        if (readings.Find(reading => reading is { Name: SectionNames.Iis, Failure: ReadFailure.Malformed }) is { } damaged)
        {
            readings.Remove(damaged);
            yield return Damaged(context, damaged);
        }

        if (readings.Find(reading => reading.Name == SectionNames.Wsus) is { } wsus)
        {
            if (WsusFinding(context, wsus) is { } finding)
            {
                readings.Remove(wsus);
                yield return finding;
            }
            else if (context.IsLibraryBreaking || (wsus.Failure is ReadFailure.Unavailable && IsWsusDown(context)))
            {
                readings.Remove(wsus);
            }
        }

        if (readings.Count > 0)
        {
            yield return new RuleFinding(new Finding
            {
                Id = FindingIds.SectionUnreadable,
                Severity = Severity.Warning,
                Title = readings.Count == 1 ? $"Can't read {SectionLabel(readings[0].Name)}" : $"Can't read {readings.Count} sections",
                Explanation = $"The agent can't read {Wording.List([.. readings.Select(reading => SectionLabel(reading.Name))])}. The last known values are shown with their age; everything else is current.",
                Evidence = [.. readings.Select(ToEvidence)],
                Since = readings.Min(reading => reading.FailingSince),
                Source = Sources.Product,
                NextStep = "Read the error: it names the source that failed. The agent keeps retrying.",
                Weight = Weights.Reading,
            });
        }
    }

    public static IEnumerable<RuleFinding> Stale(RuleContext context)
    {
        if (!context.Observation.IsReachable)
        {
            yield break;
        }

        var stale = Readings(context.Snapshot).Where(reading => reading.Status is SectionStatus.Ok && reading.ReadAt is { } at && reading.Interval > TimeSpan.Zero
            && context.Now - at > (reading.Interval * 2) + StaleMargin).ToList();
        if (stale.Count == 0)
        {
            yield break;
        }

        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.DataStale,
            Severity = Severity.Warning,
            Title = "Old data",
            Explanation = $"The agent answers, but hasn't read {Wording.List([.. stale.Select(reading => SectionLabel(reading.Name))])} on time, so what you see may no longer be true.",
            Evidence = [.. stale.Select(reading => new Evidence($"Last read of {SectionLabel(reading.Name)}", $"{Wording.Ago(reading.ReadAt!.Value, context.Now)}, expected every {Wording.Duration(reading.Interval)}", "Agent", reading.ReadAt))],
            Since = stale.Min(reading => reading.ReadAt + (reading.Interval * 2)),
            Source = Sources.Product,
            NextStep = $"Check the load on {context.Observation.ServerName}, and that its clock matches the dashboard's.",
            Weight = Weights.Reading + 1,
        });
    }

    private static RuleFinding Damaged(RuleContext context, Reading reading) => new(
        new Finding
        {
            Id = FindingIds.IisConfigurationDamaged,
            Severity = Severity.Critical,
            Title = "IIS configuration damaged",
            Explanation = $"The IIS configuration of {context.Observation.ServerName} can't be read: {(reading.Error ?? "it's damaged").TrimEnd('.')}. IIS keeps running with what it has in memory, and WsusDashboard doesn't touch the file.",
            Evidence = [ToEvidence(reading)],
            Since = reading.FailingSince,
            Source = Sources.Product,
            NextStep = @"Fix applicationHost.config at the place the error names, or restore the newest good copy from %SystemDrive%\inetpub\history.",
            IsCause = false,
            Weight = Weights.ConfigurationDamaged,
        });

    private static RuleFinding? WsusFinding(RuleContext context, Reading wsus) => wsus.Failure switch
    {
        ReadFailure.AccessDenied => new RuleFinding(new Finding
        {
            Id = FindingIds.WsusAccessDenied,
            Severity = Severity.Warning,
            Title = "WSUS refuses the agent",
            Explanation = "The WSUS administration service refuses the agent's account, so the agent can't read WSUS's state, history and counts, or start a sync.",
            Evidence = [ToEvidence(wsus)],
            Since = wsus.FailingSince,
            Source = Sources.Troubleshooting,
            NextStep = "Add the account that the agent runs as to the local group WSUS Administrators.",
            Weight = Weights.Reading + 3,
        }),
        ReadFailure.Unavailable when !IsWsusDown(context) && context.Pool is { State: PoolState.Started } => new RuleFinding(
            new Finding
            {
                Id = FindingIds.WsusUnavailable,
                Severity = Severity.Critical,
                Title = "WSUS doesn't answer",
                Explanation = $"The WSUS administration service doesn't answer although {context.PoolName} and the services are running. The problem is in its applications, its binding or its queue.",
                Evidence = [ToEvidence(wsus), context.PoolStateEvidence(EvidenceDirection.Against)],
                Since = wsus.FailingSince,
                Source = Sources.Troubleshooting,
                Playbook = context.HasOutsideCause ? null : context.PoolPlaybook(PlaybookCatalog.FullRepairId),
                NextStep = context.HasOutsideCause ? "Check the WSUS site's port and bindings." : null,
                IsCause = !context.HasOutsideCause,
                Weight = Weights.WebServiceUnavailable,
            },
            "its web service doesn't answer although the pool is running",
            "WSUS can't be asked to sync"),
        _ => null,
    };

    /// <summary>What already explains, as a finding of its own, that WSUS does not answer.</summary>
    private static bool IsWsusDown(RuleContext context) => context.IsPoolDown || context.IsPoolRestarting
        || context.IsLibraryBreaking
        || (context.Snapshot.Iis.Status is SectionStatus.Ok && context.Pool is null)
        || new[] { ServiceNames.WsusService, ServiceNames.WorldWideWeb, ServiceNames.ProcessActivation }
            .Any(name => context.Snapshot.Services.Value?.Find(name) is { State: ServiceState.Stopped or ServiceState.Paused });

    private static Evidence ToEvidence(Reading reading)
    {
        var since = reading.FailingSince is { } at ? $", since {Wording.Time(at)}" : "";

        return new Evidence($"Reading {SectionLabel(reading.Name)}", $"{reading.Error ?? reading.Failure.ToString()}{since}", "Agent", reading.AttemptedAt);
    }

    private static string SectionLabel(string name) => name switch
    {
        SectionNames.Iis => "IIS",
        SectionNames.Services => "the services",
        SectionNames.Wsus => "WSUS",
        SectionNames.ConfigMgr => "Configuration Manager",
        SectionNames.Events => "the event log",
        SectionNames.Host => "the computer's metrics",
        SectionNames.Client => "the answers to clients",
        _ => name,
    };

    private static Reading[] Readings(Snapshot snapshot) =>
    [
        Reading.Of(snapshot.Iis), Reading.Of(snapshot.Services), Reading.Of(snapshot.Wsus), Reading.Of(snapshot.ConfigMgr), Reading.Of(snapshot.Events), Reading.Of(snapshot.Host),
        Reading.Of(snapshot.Client),
    ];

    private sealed record Reading(string Name, SectionStatus Status, ReadFailure Failure, string? Error, DateTimeOffset? ReadAt, DateTimeOffset? AttemptedAt, DateTimeOffset? FailingSince, TimeSpan Interval)
    {
        public static Reading Of<T>(Section<T> section)
            where T : class =>
            new(section.Name, section.Status, section.Failure, section.Error, section.ReadAt, section.AttemptedAt, section.FailingSince, section.Interval);
    }
}
