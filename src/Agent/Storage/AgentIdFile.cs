using System.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Storage;

/// <summary>The agent's id in a file of its own, beside its key: a store that is lost or damaged doesn't make it another agent.</summary>
internal static class AgentIdFile
{
    public const string FileName = "agent.id";

    private const int IdLength = 32;

    /// <summary>The id that was kept; null where none was, or where the file holds something else.</summary>
    public static string? Read(string dataDirectory)
    {
        var file = new FileInfo(Path.Combine(dataDirectory, FileName));
        return file is { Exists: true, Length: <= IdLength * 2 } && File.ReadAllText(file.FullName).Trim() is { Length: IdLength } id && id.All(char.IsAsciiHexDigitLower) ? id : null;
    }

    /// <exception cref="IOException">The folder or the disk refuses it.</exception>
    public static void Write(string dataDirectory, string id) => PrivateFile.Write(Path.Combine(dataDirectory, FileName), Encoding.ASCII.GetBytes(id + "\n"));
}
