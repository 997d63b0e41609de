using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace WsusDashboard.Shared.Settings;

/// <summary>
/// Reads one section of the configuration into options. Both programs need them before they have a host, to know where to listen, which database to open and
/// who may sign in: so they're validated here, not by ValidateOnStart, and registered as <see cref="IOptions{T}"/> afterwards.
/// The binder alone would stop at the first mistake; here every value is bound by itself, so that someone corrects them all in one go.
/// </summary>
public static class OptionsReader
{
    /// <summary>Binds the section, lets the caller change the options, then validates annotations and rules.</summary>
    /// <exception cref="OptionsValidationException">One failure a mistake: the key, the value unless it's a secret, what is allowed. A key that doesn't exist is a mistake.</exception>
    public static T Read<T>(IConfiguration configuration, string section, Action<T>? configure = null, params IEnumerable<IValidateOptions<T>> rules)
        where T : class, new()
    {
        var options = new T();
        var entries = OptionEntry.In(section, options);
        List<string> mistakes = [.. UnknownKeys(configuration.GetSection(section), entries), .. entries.SelectMany(entry => Bind(configuration, entry))];
        configure?.Invoke(options);
        mistakes.AddRange(entries.Where(entry => !entry.IsValid).Select(entry => entry.Mistake(entry.Value)));
        mistakes.AddRange(rules.SelectMany(rule => rule.Validate(Options.DefaultName, options).Failures ?? []));
        return mistakes.Count == 0 ? options : throw new OptionsValidationException(section, typeof(T), mistakes);
    }

    private static IEnumerable<string> UnknownKeys(IConfigurationSection section, IReadOnlyList<OptionEntry> entries)
    {
        foreach (var child in section.GetChildren())
        {
            if (entries.Any(entry => IsSame(entry.Key, child.Path)))
            {
                continue;
            }

            var within = entries.Where(entry => entry.Key.StartsWith(child.Path + ":", StringComparison.OrdinalIgnoreCase)).ToList();
            if (within.Count == 0)
            {
                var siblings = entries.Where(entry => entry.Key.StartsWith(section.Path + ":", StringComparison.OrdinalIgnoreCase)).Select(entry => entry.Key);
                yield return $"{child.Path} isn't an option. Allowed: {string.Join(", ", siblings)}.";
            }
            else if (child.Value is not null)
            {
                yield return $"{child.Path} is a section, not an option. Allowed: {string.Join(", ", within.Select(entry => entry.Key))}.";
            }

            foreach (var mistake in within.Count == 0 ? [] : UnknownKeys(child, within))
            {
                yield return mistake;
            }
        }
    }

    private static IEnumerable<string> Bind(IConfiguration configuration, OptionEntry entry)
    {
        var given = configuration.GetSection(entry.Key);
        if (given.GetChildren().Any())
        {
            return [$"{entry.Key} is a group of values. Allowed: {entry.Allowed}."];
        }

        try
        {
            if (given.Value is not null)
            {
                entry.Value = given.Get(entry.Property.PropertyType);
            }

            return [];
        }
        catch (InvalidOperationException)
        {
            return [entry.Mistake(given.Value)];
        }
    }

    private static bool IsSame(string key, string other) => string.Equals(key, other, StringComparison.OrdinalIgnoreCase);
}
