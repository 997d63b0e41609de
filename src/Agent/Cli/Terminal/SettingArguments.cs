namespace WsusDashboard.Agent.Cli.Terminal;

/// <summary>Settings of the agent among the words of "install": --Agent:Port 5102, or --Agent:Port=5102.</summary>
internal static class SettingArguments
{
    private const string Prefix = "--" + AgentOptions.SectionName + ":";

    /// <exception cref="CliFailure">A word is no setting, or a setting has no value.</exception>
    public static IReadOnlyDictionary<string, string> Read(IReadOnlyList<string> words)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < words.Count; index++)
        {
            var word = words[index];
            if (!word.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                throw new CliFailure($"\"{word}\" is not an option of install. Add settings like {Prefix}Port 5102. Nothing was changed.");
            }

            var (key, value) = word.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
                ? (word[2..equals], word[(equals + 1)..])
                : (word[2..], ++index < words.Count ? words[index] : throw new CliFailure($"{word} has no value. Nothing was changed."));
            settings[key] = value;
        }

        return settings;
    }
}
