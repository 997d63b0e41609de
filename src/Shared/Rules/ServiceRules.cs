using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Rules;

/// <summary>Do the services run that WSUS and Configuration Manager need?</summary>
internal static class ServiceRules
{
    private static readonly Definition[] Watched =
    [
        new(ServiceNames.WorldWideWeb, FindingIds.WorldWideWebStopped, "The web server does not run: WSUS cannot be reached by anyone.", Sources.ConnectionFailures)
        {
            Effect = "WSUS cannot be reached", IsCause = true, Weight = Weights.WebServerStopped,
        },
        new(ServiceNames.ProcessActivation, FindingIds.ProcessActivationStopped, "Without it no application pool runs: WSUS cannot be reached by anyone.", Sources.ConnectionFailures)
        {
            Effect = "WSUS cannot be reached", IsCause = true, Weight = Weights.WebServerStopped + 1,
        },
        new(ServiceNames.WsusService, FindingIds.WsusServiceStopped, "The WSUS service does the synchronizing: without it none runs.", Sources.ConnectionFailures)
        {
            Effect = "WSUS cannot synchronize", IsCause = true, Weight = Weights.WsusServiceStopped,
        },
        new(ServiceNames.SmsExecutive, FindingIds.SmsExecutiveStopped, "It runs the synchronization of Configuration Manager: without it All Software Updates is not filled.", Sources.Guide)
        {
            Effect = "Configuration Manager does not synchronize", IsCause = true, Weight = Weights.SmsExecutiveStopped,
        },
        new(ServiceNames.SiteComponentManager, FindingIds.SiteComponentManagerStopped, "It watches over the components of the site and starts SMS_EXECUTIVE again.", Sources.Guide),
        new(ServiceNames.NotificationServer, FindingIds.NotificationServerStopped, "It tells clients at once what is asked of them; synchronization does not need it.", Sources.Guide),
        new(ServiceNames.SmsAgentHost, FindingIds.SmsAgentHostStopped, "It is the Configuration Manager client of this server; synchronization does not need it.", Sources.Guide)
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
        var isDisabled = service.StartType is ServiceStartType.Disabled;
        var nextStep = isDisabled ? $"The startup type of {service.Name} is Disabled: set it to Automatic in Windows Services, then start it." : definition.NextStep;

        return new Finding
        {
            Id = definition.FindingId,
            Severity = definition.IsCause ? Severity.Critical : Severity.Warning,
            Title = $"{service.Name} {Word(service)}",
            Explanation = $"The service {service.Name} is {Word(service)}{context.For(service.StateSince)}. {definition.Meaning}",
            Evidence =
            [
                new Evidence($"State of {service.Name}", service.State.ToString(), "Windows services", context.Snapshot.Services.ReadAt),
                .. service.StartType is ServiceStartType.Unknown ? [] : (Evidence[])[new Evidence($"Startup type of {service.Name}", service.StartType.ToString(), "Windows services", context.Snapshot.Services.ReadAt)],
            ],
            Source = definition.Source,
            Playbook = nextStep is null ? PlaybookCatalog.RestartServicesId : null,
            NextStep = nextStep,
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
