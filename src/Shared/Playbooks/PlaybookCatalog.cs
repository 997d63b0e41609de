using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Playbooks;

/// <summary>The playbooks: a closed list. Each ends with a synchronization, because only that proves that it helped.</summary>
/// <remarks>
/// The order of the guide (guide.md, "The repair, in order") is kept; what the product adds stands between the guide's last service
/// and the synchronization: WSUS itself must run before it can be asked to synchronize, and a step that finds it running does nothing.
/// A step whose service is not installed is skipped on that server, so the same playbook serves a WSUS server without a site.
/// </remarks>
public static class PlaybookCatalog
{
    public const string FullRepairId = "full-repair";
    public const string PoolOnlyId = "pool-only";
    public const string RestartServicesId = "restart-services";
    public const string StartWsusId = "start-wsus";
    public const string StartSmsExecutiveId = "start-sms-executive";
    public const string RestoreStartupId = "restore-startup";
    public const string SyncOnlyId = "sync-only";

    /// <summary>The services without which nothing can be synchronized, each after those it needs.</summary>
    private static readonly string[] NeededServices =
        [ServiceNames.ProcessActivation, ServiceNames.WorldWideWeb, ServiceNames.WsusService, ServiceNames.SiteComponentManager, ServiceNames.SmsExecutive];

    private static readonly PlaybookStep[] GuideServices =
    [
        new(StepKind.RestartService, ServiceNames.SiteComponentManager),
        new(StepKind.RestartService, ServiceNames.SmsExecutive),
        new(StepKind.StartServiceIfStopped, ServiceNames.NotificationServer),
        new(StepKind.VerifyService, ServiceNames.SmsAgentHost),
    ];

    private static readonly PlaybookStep[] Synchronization = [new(StepKind.StartSync), new(StepKind.VerifySync)];

    /// <summary>The whole repair of the guide.</summary>
    public static Playbook FullRepair { get; } = new()
    {
        Id = FullRepairId,
        Name = "Full repair",
        Description = "Saves the pool's settings, sets them to the baseline and restarts the pool. If clients then get worse answers than before, it restores the settings and does nothing else. Otherwise it runs iisreset (every website on the server stops for about 20 seconds), restarts the "
            + "Configuration Manager services in the guide's order and starts WSUS if it's stopped. Then it syncs and verifies that updates are there.",
        AppliesBaseline = true,
        Steps =
        [
            new(StepKind.SaveSettings),
            new(StepKind.ApplySettings),
            new(StepKind.RestartPool),
            new(StepKind.TrySettings),
            new(StepKind.ResetIis),
            .. GuideServices,
            new(StepKind.StartServiceIfStopped, ServiceNames.WsusService),
            .. Synchronization,
        ],
    };

    /// <summary>Settings and pool, nothing else.</summary>
    public static Playbook PoolOnly { get; } = new()
    {
        Id = PoolOnlyId,
        Name = "Pool only",
        Description = "Saves the pool's settings, sets them to the baseline and restarts the pool, without touching any other website or service. If clients then get worse answers than before, it restores the settings. Otherwise it syncs once, to prove whether the repair helped.",
        AppliesBaseline = true,
        Steps = [new(StepKind.SaveSettings), new(StepKind.ApplySettings), new(StepKind.RestartPool), new(StepKind.TrySettings), .. Synchronization],
    };

    /// <summary>Services only; settings stay as they are.</summary>
    public static Playbook RestartServices { get; } = new()
    {
        Id = RestartServicesId,
        Name = "Restart services",
        Description = "Restarts the Configuration Manager services in the guide's order, starts the web server and WSUS if they're stopped, then syncs and verifies. No setting is changed.",
        Steps =
        [
            .. GuideServices,
            new(StepKind.StartServiceIfStopped, ServiceNames.ProcessActivation),
            new(StepKind.StartServiceIfStopped, ServiceNames.WorldWideWeb),
            new(StepKind.StartServiceIfStopped, ServiceNames.WsusService),
            .. Synchronization,
        ],
    };

    /// <summary>What WSUS needs to answer, and nothing else.</summary>
    public static Playbook StartWsus { get; } = new()
    {
        Id = StartWsusId,
        Name = "Start WSUS",
        Description = "Starts the web server and WSUS if they're stopped, and waits until WSUS answers on its port. Then it syncs once. Nothing that's running is restarted, and no setting is changed.",
        Steps =
        [
            new(StepKind.StartServiceIfStopped, ServiceNames.ProcessActivation),
            new(StepKind.StartServiceIfStopped, ServiceNames.WorldWideWeb),
            new(StepKind.StartServiceIfStopped, ServiceNames.WsusService),
            new(StepKind.VerifyWsus),
            .. Synchronization,
        ],
    };

    /// <summary>One service of the site.</summary>
    public static Playbook StartSmsExecutive { get; } = new()
    {
        Id = StartSmsExecutiveId,
        Name = "Start SMS_EXECUTIVE",
        Description = "Starts SMS_EXECUTIVE if it's stopped, without restarting anything else. Then it syncs once.",
        Steps = [new(StepKind.StartServiceIfStopped, ServiceNames.SmsExecutive), .. Synchronization],
    };

    /// <summary>Services that someone disabled.</summary>
    public static Playbook RestoreStartup { get; } = new()
    {
        Id = RestoreStartupId,
        Name = "Restore startup types",
        Description = "Sets Disabled services that WSUS and Configuration Manager need to their usual startup type, starts those that are stopped, and waits until WSUS answers. "
            + "Then it syncs once. Undo restores the startup types.",
        Steps =
        [
            .. NeededServices.SelectMany(service => new PlaybookStep[] { new(StepKind.SetStartType, service), new(StepKind.StartServiceIfStopped, service) }),
            new(StepKind.VerifyWsus),
            .. Synchronization,
        ],
    };

    /// <summary>One synchronization.</summary>
    public static Playbook SyncOnly { get; } = new()
    {
        Id = SyncOnlyId,
        Name = "Sync only",
        Description = "Starts a sync and verifies that it succeeds and that updates are there. Nothing is restarted or changed.",
        Steps = [.. Synchronization],
    };

    /// <summary>All playbooks, the most thorough first.</summary>
    public static IReadOnlyList<Playbook> All { get; } = [FullRepair, PoolOnly, RestartServices, StartWsus, StartSmsExecutive, RestoreStartup, SyncOnly];

    /// <summary>The playbook with this id (not case-sensitive), or null.</summary>
    public static Playbook? Find(string id) => All.FirstOrDefault(playbook => string.Equals(playbook.Id, id, StringComparison.OrdinalIgnoreCase));
}
