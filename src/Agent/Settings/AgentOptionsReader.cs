using System.Globalization;
using System.Reflection;

namespace WsusDashboard.Agent.Settings;

/// <summary>Reads section "Agent" of the configuration, and names every mistake in it.</summary>
internal static class AgentOptionsReader
{
    private static readonly PropertyInfo[] Properties = typeof(AgentOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    /// <summary>The options, with defaults filled in.</summary>
    /// <exception cref="AgentOptionsException">One mistake or more.</exception>
    public static AgentOptions Read(IConfiguration configuration, Action<AgentOptions>? configure)
    {
        var options = new AgentOptions();
        List<string> errors = [];
        foreach (var entry in configuration.GetSection(AgentOptions.SectionName).GetChildren())
        {
            Bind(options, entry, errors);
        }

        configure?.Invoke(options);
        AgentOptionsRules.Check(options, errors);
        if (errors.Count > 0)
        {
            throw new AgentOptionsException(errors);
        }

        return FillIn(options);
    }

    private static void Bind(AgentOptions options, IConfigurationSection entry, List<string> errors)
    {
        var property = Properties.FirstOrDefault(candidate => string.Equals(candidate.Name, entry.Key, StringComparison.OrdinalIgnoreCase));
        if (property is null)
        {
            var known = string.Join(", ", Properties.Select(candidate => candidate.Name).Order(StringComparer.Ordinal));
            errors.Add($"{AgentOptions.SectionName}:{entry.Key} is not an option. Allowed are: {known}.");
            return;
        }

        if (entry.Value is null)
        {
            errors.Add($"{AgentOptions.SectionName}:{property.Name} is a group of values. Allowed: {Expected(property.PropertyType)}.");
            return;
        }

        if (Parse(property.PropertyType, entry.Value) is { } value)
        {
            property.SetValue(options, value);
        }
        else
        {
            errors.Add($"{AgentOptions.SectionName}:{property.Name} is \"{entry.Value}\". Allowed: {Expected(property.PropertyType)}.");
        }
    }

    private static object? Parse(Type type, string text) => type switch
    {
        _ when type == typeof(string) => text,
        _ when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ when type == typeof(bool) => bool.TryParse(text, out var flag) ? flag : null,
        _ when type == typeof(TimeSpan) => TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var span) ? span : null,
        _ => throw new InvalidOperationException($"Options of type {type.Name} cannot be read."),
    };

    private static string Expected(Type type) => type switch
    {
        _ when type == typeof(int) => "a whole number in digits",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(TimeSpan) => "a time as hours:minutes:seconds, for example 00:00:15",
        _ => "one text",
    };

    private static AgentOptions FillIn(AgentOptions options)
    {
        if (options.DataDirectory.Length == 0)
        {
            var root = OperatingSystem.IsWindows() ? Environment.SpecialFolder.CommonApplicationData : Environment.SpecialFolder.LocalApplicationData;
            options.DataDirectory = Path.Combine(Environment.GetFolderPath(root, Environment.SpecialFolderOption.DoNotVerify), "WsusDashboard", "Agent");
        }

        options.DataDirectory = Path.GetFullPath(options.DataDirectory);
        if (options.ComputerName.Length == 0)
        {
            options.ComputerName = Environment.MachineName;
        }

        return options;
    }
}
