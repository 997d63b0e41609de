using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.IisState ToWire(this IisState state)
    {
        var wire = new Wire.IisState
        {
            Pools = { state.Pools.Select(ToWire) },
            SiteNames = { state.SiteNames },
            WsusPoolNote = state.WsusPoolNote,
            CompressionSchemes = { state.CompressionSchemes.Select(ToWire) },
            CompressionProblem = state.CompressionProblem,
            WsusDirectories = { state.WsusDirectories.Select(ToWire) },
            WsusDirectoriesProblem = state.WsusDirectoriesProblem,
            WebServiceLimits = { state.WebServiceLimits.Select(ToWire) },
        };
        if (state.WsusPoolName is not null)
        {
            wire.WsusPoolName = state.WsusPoolName;
        }

        if (state.WsusSiteName is not null)
        {
            wire.WsusSiteName = state.WsusSiteName;
        }

        return wire;
    }

    public static IisState ToDomain(this Wire.IisState state) => new()
    {
        Pools = Map(state.Pools, ToDomain),
        WsusPoolName = state.HasWsusPoolName ? state.WsusPoolName : null,
        WsusSiteName = state.HasWsusSiteName ? state.WsusSiteName : null,
        SiteNames = Copy(state.SiteNames),
        WsusPoolNote = state.WsusPoolNote,
        CompressionSchemes = Map(state.CompressionSchemes, ToDomain),
        CompressionProblem = state.CompressionProblem,
        WsusDirectories = Map(state.WsusDirectories, ToDomain),
        WsusDirectoriesProblem = state.WsusDirectoriesProblem,
        WebServiceLimits = Map(state.WebServiceLimits, ToDomain),
    };

    public static Wire.WebDirectory ToWire(this WebDirectory directory) => new()
    {
        Name = directory.Name,
        RequiresTls = directory.RequiresTls,
        RequiresClientCertificate = directory.RequiresClientCertificate,
        RefusesUnlistedAddresses = directory.RefusesUnlistedAddresses,
    };

    public static WebDirectory ToDomain(this Wire.WebDirectory directory) => new()
    {
        Name = directory.Name,
        RequiresTls = directory.RequiresTls,
        RequiresClientCertificate = directory.RequiresClientCertificate,
        RefusesUnlistedAddresses = directory.RefusesUnlistedAddresses,
    };

    public static Wire.WebServiceLimits ToWire(this WebServiceLimits limits)
    {
        var wire = new Wire.WebServiceLimits { Service = limits.Service, ExecutionTimeLimit = ToDuration(limits.ExecutionTimeLimit), Problem = limits.Problem };
        if (limits.MaximumRequestKilobytes is { } kilobytes)
        {
            wire.MaximumRequestKilobytes = kilobytes;
        }

        if (limits.MaximumInstalledPrerequisites is { } prerequisites)
        {
            wire.MaximumInstalledPrerequisites = prerequisites;
        }

        return wire;
    }

    public static WebServiceLimits ToDomain(this Wire.WebServiceLimits limits) => new()
    {
        Service = limits.Service,
        MaximumRequestKilobytes = limits.HasMaximumRequestKilobytes ? limits.MaximumRequestKilobytes : null,
        ExecutionTimeLimit = ToSpan(limits.ExecutionTimeLimit),
        MaximumInstalledPrerequisites = limits.HasMaximumInstalledPrerequisites ? limits.MaximumInstalledPrerequisites : null,
        Problem = limits.Problem,
    };

    public static Wire.CompressionScheme ToWire(this CompressionScheme scheme) => new()
    {
        Name = scheme.Name,
        Library = scheme.Library,
        PreCondition = scheme.PreCondition,
        Bitness = (Wire.LibraryBitness)scheme.Bitness,
        BitnessFor32BitWorker = (Wire.LibraryBitness)scheme.BitnessFor32BitWorker,
        Problem = scheme.Problem,
    };

    public static CompressionScheme ToDomain(this Wire.CompressionScheme scheme) => new()
    {
        Name = scheme.Name,
        Library = scheme.Library,
        PreCondition = scheme.PreCondition,
        Bitness = ToKnown<LibraryBitness>((int)scheme.Bitness),
        BitnessFor32BitWorker = ToKnown<LibraryBitness>((int)scheme.BitnessFor32BitWorker),
        Problem = scheme.Problem,
    };

    public static Wire.AppPool ToWire(this AppPool pool)
    {
        var wire = new Wire.AppPool
        {
            Name = pool.Name,
            State = (Wire.PoolState)pool.State,
            StateSince = ToTimestamp(pool.StateSince),
            Settings = pool.Settings.ToWire(),
            ApplicationCount = pool.ApplicationCount,
            Workers = { pool.Workers.Select(ToWire) },
        };
        if (pool.QueuedRequests is { } queued)
        {
            wire.QueuedRequests = queued;
        }

        if (pool.RejectedRequests is { } rejected)
        {
            wire.RejectedRequests = rejected;
        }

        return wire;
    }

    public static AppPool ToDomain(this Wire.AppPool pool) => new()
    {
        Name = pool.Name,
        State = ToKnown<PoolState>((int)pool.State),
        StateSince = ToTime(pool.StateSince),
        Settings = pool.Settings?.ToDomain() ?? new PoolSettings(),
        ApplicationCount = pool.ApplicationCount,
        Workers = Map(pool.Workers, ToDomain),
        QueuedRequests = pool.HasQueuedRequests ? pool.QueuedRequests : null,
        RejectedRequests = pool.HasRejectedRequests ? pool.RejectedRequests : null,
    };

    public static Wire.PoolWorker ToWire(this PoolWorker worker)
    {
        var wire = new Wire.PoolWorker { ProcessId = worker.ProcessId, StartedAt = ToTimestamp(worker.StartedAt) };
        if (worker.PrivateKilobytes is { } kilobytes)
        {
            wire.PrivateKilobytes = kilobytes;
        }

        return wire;
    }

    public static PoolWorker ToDomain(this Wire.PoolWorker worker) =>
        new(worker.ProcessId, worker.HasPrivateKilobytes ? worker.PrivateKilobytes : null, ToTime(worker.StartedAt));

    public static Wire.PoolSettings ToWire(this PoolSettings settings) => new()
    {
        ManagedRuntimeVersion = settings.ManagedRuntimeVersion,
        Enable32BitAppOnWin64 = settings.Enable32BitAppOnWin64,
        ManagedPipelineMode = settings.ManagedPipelineMode,
        QueueLength = settings.QueueLength,
        StartMode = settings.StartMode,
        AutoStart = settings.AutoStart,
        PrivateMemoryKilobytes = settings.PrivateMemoryKilobytes,
        VirtualMemoryKilobytes = settings.VirtualMemoryKilobytes,
        RegularRestartInterval = ToDuration(settings.RegularRestartInterval),
        IdleTimeout = ToDuration(settings.IdleTimeout),
        LoadUserProfile = settings.LoadUserProfile,
        PingingEnabled = settings.PingingEnabled,
        IdentityType = settings.IdentityType,
        RapidFailProtection = settings.RapidFailProtection,
        RapidFailProtectionInterval = ToDuration(settings.RapidFailProtectionInterval),
        RapidFailProtectionMaxCrashes = settings.RapidFailProtectionMaxCrashes,
        LoadBalancerCapabilities = settings.LoadBalancerCapabilities,
        CpuResetInterval = ToDuration(settings.CpuResetInterval),
    };

    public static PoolSettings ToDomain(this Wire.PoolSettings settings) => new()
    {
        ManagedRuntimeVersion = settings.ManagedRuntimeVersion,
        Enable32BitAppOnWin64 = settings.Enable32BitAppOnWin64,
        ManagedPipelineMode = settings.ManagedPipelineMode,
        QueueLength = settings.QueueLength,
        StartMode = settings.StartMode,
        AutoStart = settings.AutoStart,
        PrivateMemoryKilobytes = settings.PrivateMemoryKilobytes,
        VirtualMemoryKilobytes = settings.VirtualMemoryKilobytes,
        RegularRestartInterval = ToSpanOrZero(settings.RegularRestartInterval),
        IdleTimeout = ToSpanOrZero(settings.IdleTimeout),
        LoadUserProfile = settings.LoadUserProfile,
        PingingEnabled = settings.PingingEnabled,
        IdentityType = settings.IdentityType,
        RapidFailProtection = settings.RapidFailProtection,
        RapidFailProtectionInterval = ToSpanOrZero(settings.RapidFailProtectionInterval),
        RapidFailProtectionMaxCrashes = settings.RapidFailProtectionMaxCrashes,
        LoadBalancerCapabilities = settings.LoadBalancerCapabilities,
        CpuResetInterval = ToSpanOrZero(settings.CpuResetInterval),
    };
}
