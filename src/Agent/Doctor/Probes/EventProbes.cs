using System.Globalization;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>The event logs, once for each provider that the agent reads.</summary>
internal sealed class EventProbes(IEventLog log, TimeProvider timeProvider)
{
    private const int Maximum = 100;
    private static readonly TimeSpan Length = TimeSpan.FromDays(7);

    private static readonly (string Name, string Log, string Provider)[] Sources =
    [
        ("System log, WAS", WindowsEvents.SystemLog, WindowsEvents.WasProvider),
        ("System log, service control", WindowsEvents.SystemLog, WindowsEvents.ServicesProvider),
        ("System log, HTTP.sys", WindowsEvents.SystemLog, WindowsEvents.HttpProvider),
        ("System log, TLS", WindowsEvents.SystemLog, WindowsEvents.SchannelProvider),
        ("Application log, WSUS", WindowsEvents.ApplicationLog, WindowsEvents.WsusProvider),
        ("Application log, ASP.NET", WindowsEvents.ApplicationLog, WindowsEvents.AspNetProvider),
        ("Application log, worker processes of IIS", WindowsEvents.ApplicationLog, WindowsEvents.WorkerProvider),
        ("Application log, crashes", WindowsEvents.ApplicationLog, WindowsEvents.CrashProvider),
    ];

    public IEnumerable<Probe> All() => Sources.Select(source => new Probe(ProbeAreas.Events, source.Name, token => ReadAsync(source.Log, source.Provider, token)));

    private async Task<ProbeOutcome> ReadAsync(string logName, string provider, CancellationToken cancellationToken)
    {
        var page = await log.QueryAsync(new EventQuery(logName, provider, [], 0, timeProvider.GetUtcNow() - Length, Maximum), cancellationToken);
        var count = page.Events.Count == Maximum ? $"{Maximum} events or more" : Wording.Count(page.Events.Count, "event", "events");
        return ProbeOutcome.Works(string.Create(CultureInfo.InvariantCulture, $"{count} in {Length.TotalDays:0} days; newest record of the log {page.NewestRecordId}"), page.Events);
    }
}
