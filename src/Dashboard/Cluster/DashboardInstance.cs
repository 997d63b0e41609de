using System.Reflection;
using System.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Cluster;

/// <summary>This process among the dashboards of its database.</summary>
/// <param name="name">For a person.</param>
/// <param name="address">Where people reach it, once it listens.</param>
/// <param name="node">What stays the same at each start; null where nothing does.</param>
internal sealed class DashboardInstance(string name, Func<string> address, string? node = null)
{
    private const int NodeLength = 32;
    private const string NodeFile = "dashboard.id";

    /// <summary>Another one at each start: what the process before it held is not this one's.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The same at each start: what a person decided about this dashboard is kept under it.</summary>
    public string Node => node ?? Id;

    public string Name => name;

    public string Version { get; } = typeof(DashboardInstance).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public string Address => address();

    /// <summary>What the data folder says; made where it says nothing. Null where the folder can't be written: then nothing stays the same.</summary>
    public static string? ReadNode(string dataDirectory)
    {
        try
        {
            var path = Path.Combine(dataDirectory, NodeFile);
            if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: NodeLength } kept && kept.All(char.IsAsciiHexDigitLower))
            {
                return kept;
            }

            var made = Guid.NewGuid().ToString("N");
            PrivateFile.Write(path, Encoding.ASCII.GetBytes(made + "\n"));
            return made;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
