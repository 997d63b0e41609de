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
            ServiceVerb.Start => $"{service} is started. Nothing is interrupted.",
            ServiceVerb.Stop => $"{service} and the services that depend on it stop, and stay stopped until someone starts them. {Effect(service)}",
            _ => $"{service} and the services that depend on it stop for a moment and are started again. {Effect(service)}",
        },
        verb == ServiceVerb.Stop);

    public static ConfirmRequest Pool(string server, string pool, PoolVerb verb) => Ask(
        $"{verb} pool {pool} on {server}",
        verb switch
        {
            PoolVerb.Start => $"{pool} is started. Nothing is interrupted.",
            PoolVerb.Stop => $"Every application in {pool} answers 503 until the pool is started again. A synchronization in progress ends Cancelled.",
            _ => $"The worker process of {pool} is replaced. A synchronization in progress ends Cancelled.",
        },
        verb == PoolVerb.Stop);

    public static ConfirmRequest StartSync(string server) =>
        Ask($"Start a sync on {server}", "WSUS, and Configuration Manager where this is a site server, are asked for a synchronization. It takes minutes and uses memory of the WSUS pool.", false);

    public static ConfirmRequest StopSync(string server) =>
        Ask($"Stop the sync on {server}", "The synchronization that runs now ends as Cancelled. What it has fetched is kept.", true);

    private static ConfirmRequest Ask(string verb, string consequence, bool isDangerous) =>
        new() { Title = $"{verb}?", Consequence = consequence, Verb = verb, IsDangerous = isDangerous, AsksReason = true };

    private static string Effect(string service) => service switch
    {
        ServiceNames.WorldWideWeb or ServiceNames.ProcessActivation => "Every web site on this server is unreachable meanwhile.",
        ServiceNames.SmsExecutive or ServiceNames.SiteComponentManager => "Configuration Manager of this site pauses meanwhile.",
        ServiceNames.WsusService => "Clients cannot reach WSUS meanwhile.",
        _ => "",
    };
}
