using Microsoft.Web.Administration;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>From the objects of Microsoft.Web.Administration to our records.</summary>
public static class PoolMapping
{
    public static PoolState ToPoolState(ObjectState state) => state switch
    {
        ObjectState.Starting => PoolState.Starting,
        ObjectState.Started => PoolState.Started,
        ObjectState.Stopping => PoolState.Stopping,
        ObjectState.Stopped => PoolState.Stopped,
        ObjectState.Unknown => PoolState.Unknown,
        _ => PoolState.Unknown,
    };

    public static PoolSettings ToSettings(ApplicationPool pool) => new()
    {
        ManagedRuntimeVersion = pool.ManagedRuntimeVersion,
        Enable32BitAppOnWin64 = pool.Enable32BitAppOnWin64,
        ManagedPipelineMode = pool.ManagedPipelineMode.ToString(),
        QueueLength = pool.QueueLength,
        StartMode = pool.StartMode.ToString(),
        AutoStart = pool.AutoStart,
        PrivateMemoryKilobytes = pool.Recycling.PeriodicRestart.PrivateMemory,
        VirtualMemoryKilobytes = pool.Recycling.PeriodicRestart.Memory,
        RegularRestartInterval = pool.Recycling.PeriodicRestart.Time,
        IdleTimeout = pool.ProcessModel.IdleTimeout,
        LoadUserProfile = pool.ProcessModel.LoadUserProfile,
        PingingEnabled = pool.ProcessModel.PingingEnabled,
        IdentityType = pool.ProcessModel.IdentityType.ToString(),
        RapidFailProtection = pool.Failure.RapidFailProtection,
        RapidFailProtectionInterval = pool.Failure.RapidFailProtectionInterval,
        RapidFailProtectionMaxCrashes = pool.Failure.RapidFailProtectionMaxCrashes,
        LoadBalancerCapabilities = pool.Failure.LoadBalancerCapabilities.ToString(),
        CpuResetInterval = pool.Cpu.ResetInterval,
    };
}
