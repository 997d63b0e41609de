namespace WsusDashboard.Shared.Baselines;

/// <summary>Stable keys of the settings; each is the last part of the attribute's name in applicationHost.config or says it better.</summary>
public static class SettingKeys
{
    public const string ManagedRuntimeVersion = "managedRuntimeVersion";
    public const string Enable32BitAppOnWin64 = "enable32BitAppOnWin64";
    public const string ManagedPipelineMode = "managedPipelineMode";
    public const string QueueLength = "queueLength";
    public const string StartMode = "startMode";
    public const string AutoStart = "autoStart";
    public const string PrivateMemory = "privateMemory";
    public const string VirtualMemory = "virtualMemory";
    public const string RegularRestartInterval = "regularRestartInterval";
    public const string IdleTimeout = "idleTimeout";
    public const string LoadUserProfile = "loadUserProfile";
    public const string PingingEnabled = "pingingEnabled";
    public const string IdentityType = "identityType";
    public const string RapidFailProtection = "rapidFailProtection";
    public const string RapidFailProtectionInterval = "rapidFailProtectionInterval";
    public const string RapidFailProtectionMaxCrashes = "rapidFailProtectionMaxCrashes";
    public const string LoadBalancerCapabilities = "loadBalancerCapabilities";
    public const string CpuResetInterval = "cpuResetInterval";
}
