using System.Text.Json;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Enrolment;

/// <summary>
/// What an unattended installation leaves in the data folder for the agent's first start: the hub to enrol with, and the token that
/// proves that somebody there asked for it. The agent deletes the file once the order is carried out, because the token is a secret.
/// </summary>
/// <param name="Hub">Address of the hub, for example https://wsusdashboard.corp.example:5080.</param>
/// <param name="Token">The hub's enrolment token.</param>
public sealed record EnrolmentFile(string Hub, string Token)
{
    public const string FileName = "enrolment.json";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Where the order of an agent with this data folder lies.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, FileName);

    /// <summary>The order that waits in this folder, or null where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is there and is no order.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not read it.</exception>
    public static EnrolmentFile? TryRead(string dataDirectory)
    {
        var path = PathIn(dataDirectory);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<EnrolmentFile>(File.ReadAllBytes(path), Format) is { Hub.Length: > 0, Token.Length: > 0 } order
                ? order
                : throw new InvalidDataException($"{path} names no dashboard or no token. Delete it, and pair this server with \"WsusDashboard.Agent pair\".");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is damaged: {JsonMistake.Describe(exception)}. Delete it, and pair this server with \"WsusDashboard.Agent pair\".", exception);
        }
    }

    /// <summary>Leaves the order in the folder; one that waits there already is replaced.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string dataDirectory) => PrivateFile.Write(PathIn(dataDirectory), JsonSerializer.SerializeToUtf8Bytes(this, Format));

    /// <summary>Forgets the order of this folder.</summary>
    public static void Delete(string dataDirectory) => File.Delete(PathIn(dataDirectory));

    /// <summary>Without the token: the order may end up in a log.</summary>
    public override string ToString() => $"enrolment with {Hub}";
}
