namespace WsusDashboard.Simulator.Scenarios;

/// <summary>The Windows of a simulated server.</summary>
/// <param name="Name">For example "Windows Server 2022 Standard".</param>
/// <param name="Build">For example 20348.</param>
/// <param name="Revision">The last number of the build; null where the registry refuses to tell it.</param>
public sealed record SimulatedWindows(string Name, int Build, int? Revision)
{
    /// <summary>With the updates of November 2026: nothing that is known is open.</summary>
    public static readonly SimulatedWindows UpToDate = new("Windows Server 2022 Standard", 20348, 5870);

    /// <summary>Without an update since November 2024.</summary>
    public static readonly SimulatedWindows NeverUpdated = new("Windows Server 2022 Standard", 20348, 2849);

    /// <summary>With the updates of 14 October 2025, which fix CVE-2025-59287 in part only.</summary>
    public static readonly SimulatedWindows PartlyFixed = new("Windows Server 2022 Standard", 20348, 4294);

    /// <summary>With the update of 23 October 2025, and none since.</summary>
    public static readonly SimulatedWindows OfOctober2025 = new("Windows Server 2022 Standard", 20348, 4297);

    /// <summary>Up to date, and near the end of its support.</summary>
    public static readonly SimulatedWindows NearItsEnd = new("Windows Server 2016 Standard", 14393, 9688);

    /// <summary>Nobody may read its revision.</summary>
    public static readonly SimulatedWindows Unreadable = new("Windows Server 2022 Standard", 20348, null);
}
