using System.Text.Json;
using System.Text.Json.Nodes;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Installation;

/// <summary>The text of agent.json with settings put into it; what else stands there stays.</summary>
internal static class SettingsDocument
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly JsonDocumentOptions AsConfiguration = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <param name="text">The present text; null where there is no file.</param>
    /// <param name="settings">Keys such as Agent:Port.</param>
    /// <exception cref="InvalidDataException">The present text is no JSON object.</exception>
    public static string Merge(string? text, IReadOnlyDictionary<string, string> settings)
    {
        var root = Parse(text);
        foreach (var (key, value) in settings)
        {
            Put(root, key.Split(':'), value);
        }

        return root.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Parse(string? text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text)
                ? []
                : JsonNode.Parse(text, documentOptions: AsConfiguration) as JsonObject ?? throw new InvalidDataException($"{InstallationPlan.SettingsFile} isn't a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{InstallationPlan.SettingsFile} is damaged: {JsonMistake.Describe(exception)}.", exception);
        }
    }

    // Keys are not case-sensitive where they are read, so "port" is replaced by "Port" and does not stand beside it.
    private static void Put(JsonObject root, string[] path, string value)
    {
        var place = root;
        foreach (var part in path[..^1])
        {
            var name = Existing(place, part);
            if (place[name] is not JsonObject inner)
            {
                inner = [];
                place[name] = inner;
            }

            place = inner;
        }

        place[Existing(place, path[^1])] = value;
    }

    private static string Existing(JsonObject place, string name) =>
        place.Select(property => property.Key).FirstOrDefault(key => string.Equals(key, name, StringComparison.OrdinalIgnoreCase)) ?? name;
}
