namespace WsusDashboard.Simulator.Scenarios;

/// <summary>What is the matter with a simulated server, or that nothing is.</summary>
public enum Scenario
{
    /// <summary>The guide's settings; synchronizations succeed.</summary>
    Healthy,

    /// <summary>WSUS's own small defaults: the worker exceeds its memory limit during syncs; only a small delta succeeds now and then.</summary>
    StarvedPool,

    /// <summary>The same defaults under a scan storm: the worker died five times in five minutes, and rapid-fail protection stopped the pool.</summary>
    PoolStopped,

    /// <summary>SMS_EXECUTIVE is stopped: Configuration Manager neither synchronizes nor shows updates.</summary>
    ExecutiveStopped,

    /// <summary>The proxy answers 407: no setting of the pool helps.</summary>
    ProxyRefuses,

    /// <summary>The settings differ from the guide's, yet the catalogue is small enough.</summary>
    DriftedButWorking,

    /// <summary>Top of a small hierarchy, healthy.</summary>
    Upstream,

    /// <summary>Takes its updates from the upstream server of its hierarchy.</summary>
    Replica,

    /// <summary>Starved, and the local policy allows nothing but reading.</summary>
    MonitorOnly,

    /// <summary>Was healthy when its agent was last heard of.</summary>
    Unreachable,

    /// <summary>A WSUS of its own, without Configuration Manager.</summary>
    Standalone,

    /// <summary>A catalogue that a 32-bit worker cannot hold: the guide's settings do not help here, Microsoft's do.</summary>
    LargeCatalogue,

    /// <summary>The guide's settings made the pool 32-bit beside a compression library that only 64-bit workers can load: WSUS answers every request with 500.19.</summary>
    CompressionLibrary,

    /// <summary>WsusService is stopped: a synchronization that is asked for never begins.</summary>
    WsusServiceStopped,

    /// <summary>WsusService is stopped and disabled: nobody can start it before its startup type is restored.</summary>
    ServiceDisabled,

    /// <summary>Starved, and a 64-bit module of another product is loaded by every worker: with the guide's settings no worker starts, and a repair rolls itself back. Somebody has tried one.</summary>
    NativeModule,
}

/// <summary>The words for a scenario in the table that the demo prints.</summary>
internal static class ScenarioText
{
    public static string Describe(this Scenario scenario) => scenario switch
    {
        Scenario.Healthy => "healthy",
        Scenario.StarvedPool => "pool on default settings, syncs rarely succeed",
        Scenario.PoolStopped => "pool stopped by rapid-fail protection",
        Scenario.ExecutiveStopped => "SMS_EXECUTIVE stopped",
        Scenario.ProxyRefuses => "proxy refuses (407)",
        Scenario.DriftedButWorking => "drifted but working",
        Scenario.Upstream => "healthy, upstream server of the replicas",
        Scenario.Replica => "replica",
        Scenario.MonitorOnly => "pool on default settings, slow for clients, policy: monitor only",
        Scenario.Unreachable => "agent will stop answering",
        Scenario.Standalone => "WSUS without Configuration Manager",
        Scenario.LargeCatalogue => "catalogue too large for a 32-bit worker",
        Scenario.CompressionLibrary => "32-bit pool, 64-bit compression library (500.19)",
        Scenario.WsusServiceStopped => "WsusService stopped",
        Scenario.ServiceDisabled => "WsusService disabled",
        Scenario.NativeModule => "pool on default settings; a 64-bit module keeps 32-bit workers from starting",
        _ => throw new ArgumentOutOfRangeException(nameof(scenario), scenario, "Unknown scenario."),
    };
}
