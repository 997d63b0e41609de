namespace WsusDashboard.Agent.Wsus;

/// <summary>What WSUS synchronizes and keeps.</summary>
public sealed record WsusSelection
{
    /// <summary>The classifications Drivers and Upgrades have the same ids on every WSUS (the ids from memory).</summary>
    public static readonly Guid Drivers = new("ebfc1fc5-71a4-4f7b-9aca-3b9a503104a0");
    public static readonly Guid Upgrades = new("3689bdc8-b205-4af4-8d4a-a63924c5e9d5");

    /// <summary>HostOnMu is false: clients get the files of updates here.</summary>
    public bool StoresContent { get; init; }

    /// <summary>ServerSupportsAllLanguages.</summary>
    public bool AllLanguages { get; init; }

    /// <summary>DisableSyncDrivers: none come, whatever is selected.</summary>
    public bool ExcludesDrivers { get; init; }

    public bool HasDrivers { get; init; }

    public bool HasUpgrades { get; init; }

    /// <summary>The languages that are selected, as WSUS writes them; empty where all are, or where the answer names none.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];
}
