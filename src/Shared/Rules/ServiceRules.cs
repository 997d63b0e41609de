using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Rules;

/// <summary>Do the services run that WSUS and Configuration Manager need?</summary>
internal static class ServiceRules
{
    private static readonly Definition[] Watched =
    [
        new(ServiceNames.WorldWideWeb, FindingIds.WorldWideWebStopped, "The web server isn't running, so nothing can reach WSUS.", Sources.ConnectionFailures)
        {
            Effect = "WSUS can't be reached", IsCause = true, Weight = Weights.WebServerStopped,
        },
        new(ServiceNames.ProcessActivation, FindingIds.ProcessActivationStopped, "No application pool runs without it, so nothing can reach WSUS.", Sources.ConnectionFailures)
        {
            Effect = "WSUS can't be reached", IsCause = true, Weight = Weights.WebServerStopped + 1,
        },
        new(ServiceNames.WsusService, FindingIds.WsusServiceStopped, "The WSUS service runs the syncs, so there are none without it.", Sources.ConnectionFailures)
        {
            Effect = "WSUS can't sync", IsCause = true, Weight = Weights.WsusServiceStopped,
        },
        new(ServiceNames.SmsExecutive, FindingIds.SmsExecutiveStopped, "It runs Configuration Manager's sync. Without it, All Software Updates isn't filled.", Sources.Guide)
        {
            Effect = "Configuration Manager doesn't sync", IsCause = true, Weight = Weights.SmsExecutiveStopped,
        },
        new(ServiceNames.SiteComponentManager, FindingIds.SiteComponentManagerStopped, "It monitors the site's components and restarts SMS_EXECUTIVE.", Sources.Guide),
        new(ServiceNames.NotificationServer, FindingIds.NotificationServerStopped, "It notifies clients immediately. Syncs don't need it.", Sources.Guide),
        new(ServiceNames.SmsAgentHost, FindingIds.SmsAgentHostStopped, "It's this server's Configuration Manager client. Syncs don't need it.", Sources.Guide)
        {
            // The guide verifies this service and starts nothing, and so do the playbooks.
            NextStep = "Start SMS Agent Host (CcmExec) on the server's page or in Windows Services.",
        },
    ];

    public static IEnumerable<RuleFinding> Stopped(RuleContext context)
    {
        foreach (var definition in Watched)
        {
            if (context.Snapshot.Services.Value?.Find(definition.Service) is { State: ServiceState.Stopped or ServiceState.Paused } service)
            {
                yield return new RuleFinding(ToFinding(context, definition, service), definition.IsCause ? $"{service.Name} is {Word(service)}" : null, definition.Effect);
            }
        }
    }

    private static Finding ToFinding(RuleContext context, Definition definition, ServiceStatus service)
    {
        var endsAtStart = service.Name == ServiceNames.WsusService && WsusServiceEnd.IsAtStart(context.Snapshot.Events.Value?.Recent ?? [], context.Now);
        var playbook = definition.NextStep is null && !endsAtStart ? ServicePlaybooks.For(context.Snapshot.Services.Value, service.Name) : null;
        var disabled = service.StartType is ServiceStartType.Disabled
            ? $"The startup type of {service.Name} is Disabled. Set it to {ServiceNames.UsualStartType(service.Name)} in Windows Services, then start it."
            : null;

        return new Finding
        {
            Id = definition.FindingId,
            Severity = definition.IsCause ? Severity.Critical : Severity.Warning,
            Title = $"{service.Name} {Word(service)}",
            Explanation = $"The service {service.Name} {(context.For(service.StateSince) is { Length: > 0 } duration ? $"has been {Word(service)}{duration}" : $"is {Word(service)}")}. {definition.Meaning}",
            Evidence =
            [
                new Evidence($"State of {service.Name}", service.State.ToString(), "Windows services", context.Snapshot.Services.ReadAt),
                .. service.StartType is ServiceStartType.Unknown ? [] : (Evidence[])[new Evidence($"Startup type of {service.Name}", service.StartType.ToString(), "Windows services", context.Snapshot.Services.ReadAt)],
            ],
            Since = context.Seen(service.StateSince) ?? context.ChangedTo(StateSubjects.Service(service.Name), nameof(ServiceState.Stopped), nameof(ServiceState.Paused)),
            Source = definition.Source,
            Playbook = playbook,
            NextStep = playbook is null ? disabled ?? (endsAtStart ? WsusServiceEnd.Helps : definition.NextStep) : null,
            IsCause = definition.IsCause,
            Weight = definition.Weight,
        };
    }

    private static string Word(ServiceStatus service) => service.State is ServiceState.Paused ? "paused" : "stopped";

    private sealed record Definition(string Service, string FindingId, string Meaning, string Source)
    {
        public string? Effect { get; init; }

        public bool IsCause { get; init; }

        public int Weight { get; init; } = Weights.OtherService;

        public string? NextStep { get; init; }
    }
}
