using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.ServiceControl;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Servers.Sections;

/// <summary>What a person is asked before a single verb: verb, object and server by name, and what stops meanwhile.</summary>
public static class ServerQuestions
{
    public static ConfirmRequest Service(string server, string service, ServiceVerb verb) => Ask(
        $"{verb} {service} on {server}",
        verb switch
        {
            ServiceVerb.Start => $"Starts {service}. Nothing is interrupted.",
            ServiceVerb.Stop => $"Stops {service} and the services that depend on it until someone starts them again. {Effect(service)}",
            _ => $"Stops {service} and the services that depend on it, then starts them again. {Effect(service)}",
        },
        verb == ServiceVerb.Stop);

    public static ConfirmRequest Pool(string server, string pool, PoolVerb verb) => Ask(
        $"{verb} pool {pool} on {server}",
        verb switch
        {
            PoolVerb.Start => $"Starts {pool}. Nothing is interrupted.",
            PoolVerb.Stop => $"Every application in {pool} answers 503 until the pool is started again. A sync in progress ends as Cancelled.",
            _ => $"Replaces the worker process of {pool}. A sync in progress ends as Cancelled.",
        },
        verb == PoolVerb.Stop);

    public static ConfirmRequest StartSync(string server) =>
        Ask($"Start a sync on {server}", "Asks WSUS, and Configuration Manager if this is a site server, to sync. This takes minutes and uses memory in the WSUS pool.", false);

    public static ConfirmRequest StopSync(string server) =>
        Ask($"Stop the sync on {server}", "The running sync ends as Cancelled. What it has downloaded so far is kept.", true);

    private static ConfirmRequest Ask(string verb, string consequence, bool isDangerous) =>
        new() { Title = $"{verb}?", Consequence = consequence, Verb = verb, IsDangerous = isDangerous, AsksReason = true };

    private static string Effect(string service) => service switch
    {
        ServiceNames.WorldWideWeb or ServiceNames.ProcessActivation => "Meanwhile, no website on this server is reachable.",
        ServiceNames.SmsExecutive or ServiceNames.SiteComponentManager => "Meanwhile, Configuration Manager pauses at this site.",
        ServiceNames.WsusService => "Meanwhile, clients can't reach WSUS.",
        _ => "",
    };
}
