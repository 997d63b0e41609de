using WsusDashboard.Iis.Emulation.Schema;

namespace Microsoft.Web.Administration;

/// <summary>Section system.applicationHost/applicationPools. A test compares every line with the schema file of IIS 10.</summary>
internal static class PoolSchema
{
    /// <summary>One pool.</summary>
    public static ConfigurationElementSchema Pool { get; } =
        new("add", [Text("name", validation: "applicationPoolName", isKey: true), .. PoolAttributes()], PoolChildren());

    /// <summary>The values for pools that do not say their own.</summary>
    public static ConfigurationElementSchema Defaults { get; } =
        new("applicationPoolDefaults", [Text("name", validation: "applicationPoolName"), .. PoolAttributes()], PoolChildren());

    public static ConfigurationElementSchema Section { get; } = new("applicationPools", null, Defaults) { Entry = Pool };

    private static ConfigurationAttributeSchema[] PoolAttributes() =>
    [
        Unsigned("queueLength", "1000", IntegerRule.Unsigned(10, 65535)),
        Boolean("autoStart", "true"),
        Boolean("enable32BitAppOnWin64", "false"),
        Text("managedRuntimeVersion", ""),
        Text("managedRuntimeLoader", "webengine4.dll"),
        Boolean("enableConfigurationOverride", "true"),
        new("managedPipelineMode", new EnumerationRule(("Integrated", 0), ("Classic", 1)), "Integrated"),
        Text("CLRConfigFile", "", isExpanded: true),
        Boolean("passAnonymousToken", "true"),
        new("startMode", new EnumerationRule(("OnDemand", 0), ("AlwaysRunning", 1)), "OnDemand"),
    ];

    private static ConfigurationElementSchema[] PoolChildren() => [ProcessModel(), Recycling(), Failure(), Cpu(), EnvironmentVariables()];

    private static ConfigurationElementSchema ProcessModel() => new("processModel",
    [
        new("identityType", new EnumerationRule(("LocalSystem", 0), ("LocalService", 1), ("NetworkService", 2), ("SpecificUser", 3), ("ApplicationPoolIdentity", 4)), "ApplicationPoolIdentity"),
        Text("userName"),
        new("password", new TextRule(), null) { IsCaseSensitive = true, IsEncrypted = true },
        Boolean("loadUserProfile", "false"),
        Boolean("setProfileEnvironment", "true"),
        new("logonType", new EnumerationRule(("LogonBatch", 0), ("LogonService", 1)), "LogonBatch"),
        Boolean("manualGroupMembership", "false"),
        Duration("idleTimeout", "00:20:00", 0, 2592000, 60),
        new("idleTimeoutAction", new EnumerationRule(("Terminate", 0), ("Suspend", 1)), "Terminate"),
        Unsigned("maxProcesses", "1", IntegerRule.Unsigned(0, 2147483647)),
        Duration("shutdownTimeLimit", "00:01:30", 1, 4294967, 1),
        Duration("startupTimeLimit", "00:01:30", 1, 4294967, 1),
        Boolean("pingingEnabled", "true"),
        Duration("pingInterval", "00:00:30", 1, 4294967, 1),
        Duration("pingResponseTime", "00:01:30", 1, 4294967, 1),
        new("logEventOnProcessModel", new FlagsRule(("IdleTimeout", 1)), "IdleTimeout"),
    ]);

    private static ConfigurationElementSchema Recycling() => new("recycling",
    [
        Boolean("disallowOverlappingRotation", "false"),
        Boolean("disallowRotationOnConfigChange", "false"),
        new("logEventOnRecycle", new FlagsRule(("Time", 1), ("Requests", 2), ("Schedule", 4), ("Memory", 8), ("IsapiUnhealthy", 16), ("OnDemand", 32), ("ConfigChange", 64), ("PrivateMemory", 128)), "Time, Memory, PrivateMemory"),
    ], PeriodicRestart());

    private static ConfigurationElementSchema PeriodicRestart() => new("periodicRestart",
    [
        Unsigned("memory", "0", IntegerRule.Unsigned()),
        Unsigned("privateMemory", "0", IntegerRule.Unsigned()),
        Unsigned("requests", "0", IntegerRule.Unsigned()),
        Duration("time", "29:00:00", 0, 25920000, 60),
    ], new ConfigurationElementSchema("schedule")
    {
        Entry = new("add", [new("value", new DurationRule(0, 86399, 60), null) { IsRequired = true, IsUniqueKey = true }]),
        ClearElement = "clear",
    });

    private static ConfigurationElementSchema Failure() => new("failure",
    [
        new("loadBalancerCapabilities", new EnumerationRule(("TcpLevel", 1), ("HttpLevel", 2)), "HttpLevel"),
        Boolean("orphanWorkerProcess", "false"),
        Text("orphanActionExe", isExpanded: true),
        Text("orphanActionParams", isExpanded: true),
        Boolean("rapidFailProtection", "true"),
        Duration("rapidFailProtectionInterval", "00:05:00", 60, 8640000, 60),
        Unsigned("rapidFailProtectionMaxCrashes", "5", IntegerRule.Unsigned(1, 2147483647)),
        Text("autoShutdownExe", isExpanded: true),
        Text("autoShutdownParams", isExpanded: true),
    ]);

    private static ConfigurationElementSchema Cpu() => new("cpu",
    [
        Unsigned("limit", "0", IntegerRule.Unsigned(0, 100000)),
        new("action", new EnumerationRule(("NoAction", 0), ("KillW3wp", 1), ("Throttle", 2), ("ThrottleUnderLoad", 3)), "NoAction"),
        Duration("resetInterval", "00:05:00", 0, 86400, 60),
        Boolean("smpAffinitized", "false"),
        Unsigned("smpProcessorAffinityMask", "4294967295", IntegerRule.Unsigned()),
        Unsigned("smpProcessorAffinityMask2", "4294967295", IntegerRule.Unsigned()),
        new("processorGroup", IntegerRule.Signed(0, 2147483647), "0"),
        new("numaNodeAssignment", new EnumerationRule(("MostAvailableMemory", 0), ("WindowsScheduling", 1)), "MostAvailableMemory"),
        new("numaNodeAffinityMode", new EnumerationRule(("Soft", 0), ("Hard", 1)), "Soft"),
    ]);

    private static ConfigurationElementSchema EnvironmentVariables() => new("environmentVariables")
    {
        Entry = new("add",
        [
            new("name", new TextRule("nonEmptyString"), null) { IsRequired = true, IsUniqueKey = true },
            new("value", new TextRule("nonEmptyString"), null) { IsRequired = true },
        ]),
    };

    private static ConfigurationAttributeSchema Boolean(string name, string defaultText) => new(name, new BooleanRule(), defaultText);

    private static ConfigurationAttributeSchema Unsigned(string name, string defaultText, IntegerRule rule) => new(name, rule, defaultText);

    private static ConfigurationAttributeSchema Duration(string name, string defaultText, long minimumSeconds, long maximumSeconds, long granularitySeconds) =>
        new(name, new DurationRule(minimumSeconds, maximumSeconds, granularitySeconds), defaultText);

    private static ConfigurationAttributeSchema Text(string name, string? defaultText = null, string validation = "", bool isKey = false, bool isExpanded = false) =>
        new(name, new TextRule(validation), defaultText) { IsRequired = isKey, IsUniqueKey = isKey, IsExpanded = isExpanded };
}
