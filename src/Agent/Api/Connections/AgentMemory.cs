using System.Globalization;

namespace WsusDashboard.Agent.Api.Connections;

/// <summary>How much of the memory that its settings allow the agent uses: Agent.csproj sets the limit of the program; an agent inside another program has none.</summary>
internal sealed class AgentMemory(Func<long> usedBytes, long limitBytes)
{
    /// <summary>Name of the limit in the settings of the runtime, in bytes.</summary>
    private const string LimitName = "System.GC.HeapHardLimit";

    private const double ShortFrom = 0.7;

    /// <summary>True where so much is used that nothing more may be held for a caller.</summary>
    public bool IsShort => limitBytes > 0 && usedBytes() >= limitBytes * ShortFrom;

    /// <summary>That of this process.</summary>
    public static AgentMemory OfThisProcess() => new(
        () => GC.GetTotalMemory(forceFullCollection: false),
        long.TryParse(Convert.ToString(AppContext.GetData(LimitName), CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : 0);
}
