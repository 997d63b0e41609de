using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.ServiceControl;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Servers.Sections;

/// <summary>Services and pools with the verbs that the server's own policy allows; the others are not offered.</summary>
public sealed partial class ServicesSection
{
    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private CircuitClock Clock { get; set; } = null!;

    [Parameter, EditorRequired]
    public ServerDetail Detail { get; set; } = null!;

    [Parameter]
    public EventCallback<(string Service, ServiceVerb Verb)> OnService { get; set; }

    [Parameter]
    public EventCallback<(string Pool, PoolVerb Verb)> OnPool { get; set; }

    /// <summary>True while a verb is carried out.</summary>
    [Parameter]
    public bool IsBusy { get; set; }

    /// <summary>A repair stops and starts them itself: whoever does it meanwhile breaks the repair.</summary>
    private bool IsHeld => IsBusy || Detail.Live.ActiveRepair is not null;

    private bool MayOperate => Caller.May(Permission.Operate, Detail.Facts.Site);

    private AgentPolicy? Policy => Detail.Snapshot?.Agent.Policy;

    private SectionStamp ServicesStamp => SectionStamp.Of(Detail.Snapshot?.Services, Detail.Link, Clock.Now);

    private SectionStamp IisStamp => SectionStamp.Of(Detail.Snapshot?.Iis, Detail.Link, Clock.Now);

    /// <summary>The pool of WSUS first.</summary>
    private IEnumerable<AppPool> Pools => Detail.Snapshot?.Iis.Value is { } iis ? iis.Pools.OrderByDescending(pool => pool.Name == iis.WsusPoolName) : [];

    private string? VerbsRefused => Detail.Link.State != LinkState.Up ? "The agent isn't answering, so you can't start or stop anything from here right now."
        : Policy?.Mode == PolicyMode.MonitorOnly ? $"This server's policy ({Policy.Source}) is monitor-only, so you can't start or stop anything from here."
        : Policy is { Closed.Length: > 0 } ? Policy.Closed
        : null;

    private static IEnumerable<ServiceVerb> VerbsOf(ServiceState state) => state switch
    {
        ServiceState.Running => [ServiceVerb.Restart, ServiceVerb.Stop],
        ServiceState.Stopped => [ServiceVerb.Start],
        ServiceState.Paused => [ServiceVerb.Restart],
        _ => [],
    };

    private static IEnumerable<PoolVerb> VerbsOf(PoolState state) => state switch
    {
        PoolState.Started => [PoolVerb.Recycle, PoolVerb.Stop],
        PoolState.Stopped => [PoolVerb.Start],
        _ => [],
    };

    private static string StartType(ServiceStatus service) => service.State == ServiceState.NotInstalled ? "" : service.StartType switch
    {
        ServiceStartType.AutomaticDelayed => "Automatic (delayed)",
        ServiceStartType.Unknown => "",
        _ => service.StartType.ToString(),
    };

    private bool CanControl(string service) => VerbsRefused is null && Policy is { } policy && policy.AllowedServices.Contains(service, StringComparer.OrdinalIgnoreCase);

    private bool CanControlPool(string pool) => VerbsRefused is null && Policy is { } policy && policy.AllowedPools.Contains(pool, StringComparer.OrdinalIgnoreCase);
}
