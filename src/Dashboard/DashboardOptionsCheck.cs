using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Baselines;

namespace WsusDashboard.Dashboard;

/// <summary>The start was refused because of its settings or its surroundings; the message is for a person and needs no stack trace.</summary>
public sealed class DashboardStartException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>Finds all mistakes of the settings at once, each with its key, its value and what is allowed.</summary>
internal static class DashboardOptionsCheck
{
    private const int MinimumTokenLength = 32;
    private const int MaximumHubNameLength = 100;

    private static IEnumerable<PropertyInfo> Settings => typeof(DashboardOptions).GetProperties().Where(property => property.CanWrite);

    /// <summary>Reads the section strictly: values that are no numbers and keys that do not exist are mistakes, not defaults.</summary>
    public static IReadOnlyList<string> Bind(IConfiguration configuration, DashboardOptions options)
    {
        var problems = new List<string>();
        foreach (var entry in configuration.GetSection(DashboardOptions.SectionName).GetChildren())
        {
            var property = Settings.FirstOrDefault(candidate => string.Equals(candidate.Name, entry.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                problems.Add($"{entry.Path}: there is no such setting. Allowed: {string.Join(", ", Settings.Select(candidate => candidate.Name))}.");
            }
            else if (property.PropertyType == typeof(string))
            {
                property.SetValue(options, entry.Value ?? "");
            }
            else if (property.PropertyType == typeof(Secret))
            {
                property.SetValue(options, new Secret(entry.Value ?? ""));
            }
            else if (int.TryParse(entry.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                property.SetValue(options, number);
            }
            else
            {
                problems.Add($"{entry.Path}: \"{entry.Value}\" is no whole number. Allowed: {Allowed(property)}.");
            }
        }

        return problems;
    }

    /// <summary>The mistakes of values that could be read.</summary>
    public static IReadOnlyList<string> Validate(DashboardOptions options, int? portOfIis = null)
    {
        var problems = Settings
            .Select(property => (Property: property, Range: property.GetCustomAttribute<RangeAttribute>(), Value: property.GetValue(options)))
            .Where(entry => entry.Range is { } range && !range.IsValid(entry.Value))
            .Select(entry => $"{Key(entry.Property.Name)}: {entry.Value} is out of range. Allowed: {Allowed(entry.Property)}.")
            .ToList();
        problems.AddRange(Listening.Check(options, portOfIis));
        if (BaselineCatalog.Find(options.DefaultBaseline) is null)
        {
            problems.Add($"{Key(nameof(options.DefaultBaseline))}: \"{options.DefaultBaseline}\" is no baseline. Allowed: {string.Join(", ", BaselineCatalog.All.Select(baseline => baseline.Id))}.");
        }

        if (options.SilenceSeconds < options.UnreachableAfterSeconds)
        {
            problems.Add($"{Key(nameof(options.SilenceSeconds))}: {options.SilenceSeconds} is less than {Key(nameof(options.UnreachableAfterSeconds))} ({options.UnreachableAfterSeconds}). Allowed: that or more.");
        }

        problems.AddRange(CheckDatabase(options));
        if (!options.ApiToken.IsEmpty && options.ApiToken.Reveal().Length < MinimumTokenLength)
        {
            problems.Add($"{Key(nameof(options.ApiToken))}: it has fewer than {MinimumTokenLength} characters. Allowed: {MinimumTokenLength} or more, made at random.");
        }

        if (options.HubName.Length > MaximumHubNameLength || options.HubName.Any(char.IsControl))
        {
            problems.Add($"{Key(nameof(options.HubName))}: \"{options.HubName}\" is too long or has control characters. Allowed: at most {MaximumHubNameLength} printable characters; empty takes the computer's name.");
        }

        problems.AddRange(ExternalSignInCheck.Find(options));
        problems.AddRange(CheckFolder(options.DataDirectory));
        return problems;
    }

    /// <summary>The connection string is never in a message: it may hold a password.</summary>
    private static IEnumerable<string> CheckDatabase(DashboardOptions options)
    {
        var (text, file) = (Key(nameof(options.ConnectionString)), Key(nameof(options.ConnectionStringFile)));
        var given = (options.ConnectionString.Length > 0 ? 1 : 0) + (options.ConnectionStringFile.Length > 0 ? 1 : 0);
        switch (options.Database)
        {
            case DatabaseProvider.Sqlite:
                return given == 0 ? [] : [$"{text}, {file}: a connection string is given, but {Key(nameof(options.Database))} is \"{DatabaseProvider.Sqlite}\". Allowed with it: none; set {Key(nameof(options.Database))} to \"{DatabaseProvider.PostgreSql}\" to use it."];
            case DatabaseProvider.PostgreSql when given != 1:
                return [$"{text}, {file}: {(given == 0 ? "neither is given" : "both are given")}. Allowed with \"{DatabaseProvider.PostgreSql}\": exactly one of them."];
            case DatabaseProvider.PostgreSql:
                return CheckConnectionString(options, options.ConnectionString.Length > 0 ? text : file);
            default:
                return [$"{Key(nameof(options.Database))}: \"{options.Database}\" is no database of this dashboard. Allowed: {DatabaseProvider.Sqlite}, {DatabaseProvider.PostgreSql}."];
        }
    }

    private static IEnumerable<string> CheckConnectionString(DashboardOptions options, string key)
    {
        try
        {
            DatabaseProvider.From(options);
            return [];
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException)
        {
            return [$"{key}: {exception.Message}"];
        }
    }

    private static IEnumerable<string> CheckFolder(string folder)
    {
        var key = Key(nameof(DashboardOptions.DataDirectory));
        if (string.IsNullOrWhiteSpace(folder))
        {
            return [$"{key}: it is empty. Allowed: a folder that this account may write."];
        }

        try
        {
            Directory.CreateDirectory(folder);
            return [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return [$"{key}: \"{folder}\" cannot be made ({exception.Message}). Allowed: a folder that this account may write."];
        }
    }

    internal static string Key(string name) => $"{DashboardOptions.SectionName}:{name}";

    private static string Allowed(PropertyInfo property) =>
        property.GetCustomAttribute<RangeAttribute>() is { } range
            ? string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}")
            : "a whole number";
}
