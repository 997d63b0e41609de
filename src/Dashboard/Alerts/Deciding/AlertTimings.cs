using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Alerts.Deciding;

/// <summary>How long what is waited for. A problem that opens has been there for a minute, and one that is resolved has been gone for ten, before any of this counts.</summary>
internal static class AlertTimings
{
    /// <summary>What belongs together comes within a minute: the first message waits for it.</summary>
    public static readonly TimeSpan GroupWait = TimeSpan.FromSeconds(60);

    /// <summary>More servers with the same problem are told together, not one by one.</summary>
    public static readonly TimeSpan GroupInterval = TimeSpan.FromMinutes(5);

    /// <summary>A dashboard that has just started waits for two rounds of all agents before it says anything.</summary>
    public static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan RepeatCritical = TimeSpan.FromHours(4);
    private static readonly TimeSpan RepeatOther = TimeSpan.FromHours(24);

    /// <summary>What often goes away by itself, such as a restart, is told later.</summary>
    private static readonly Dictionary<string, TimeSpan> Least = new(StringComparer.Ordinal)
    {
        [FindingIds.AgentUnreachable] = TimeSpan.FromMinutes(5),
        [FindingIds.DataStale] = TimeSpan.FromMinutes(10),
        [FindingIds.SectionUnreadable] = TimeSpan.FromMinutes(10),
        [FindingIds.PoolQueueFull] = TimeSpan.FromMinutes(5),
        [FindingIds.ClientsSlow] = TimeSpan.FromMinutes(15),
        [FindingIds.ServerMemoryShort] = TimeSpan.FromMinutes(15),
        [FindingIds.ScanStorm] = TimeSpan.FromMinutes(15),
        [FindingIds.SettingsDrift] = TimeSpan.FromMinutes(30),
        [FindingIds.MicrosoftOutage] = TimeSpan.FromMinutes(5),
        [FindingIds.SyncRunningLong] = TimeSpan.FromMinutes(30),
    };

    /// <summary>So long a problem of this cause is there before it is told.</summary>
    public static TimeSpan LeastDuration(string causeId) => Least.GetValueOrDefault(causeId, TimeSpan.Zero);

    /// <summary>What nobody acknowledged is told again after this.</summary>
    public static TimeSpan Repeat(Severity severity) => severity == Severity.Critical ? RepeatCritical : RepeatOther;
}
