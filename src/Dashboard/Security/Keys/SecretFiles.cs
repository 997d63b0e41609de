using System.Reflection;

namespace WsusDashboard.Dashboard.Security.Keys;

/// <summary>Secrets of the options that stand in a file: an option X of the type Secret has a sibling XFile.</summary>
internal static class SecretFiles
{
    private const int MaximumBytes = 16 * 1024;

    /// <summary>Reads the files that are named. The values are the mistakes: a file that cannot be read, a secret that is given twice.</summary>
    public static IReadOnlyList<string> Read(DashboardOptions options)
    {
        var problems = new List<string>();
        foreach (var property in typeof(DashboardOptions).GetProperties().Where(property => property.PropertyType == typeof(Secret)))
        {
            var file = typeof(DashboardOptions).GetProperty(property.Name + "File", BindingFlags.Public | BindingFlags.Instance)!;
            if (file.GetValue(options) is not string { Length: > 0 } path)
            {
                continue;
            }

            var key = $"{DashboardOptions.SectionName}:{file.Name}";
            if (property.GetValue(options) is Secret { IsEmpty: false })
            {
                problems.Add($"{key}: {DashboardOptions.SectionName}:{property.Name} is set, too. Allowed: one of them.");
                continue;
            }

            try
            {
                using var stream = File.OpenRead(path);
                if (stream.Length > MaximumBytes)
                {
                    problems.Add($"{key}: \"{path}\" has more than {MaximumBytes} bytes, so it is no secret. Allowed: a text file that holds the secret alone.");
                    continue;
                }

                using var reader = new StreamReader(stream);
                property.SetValue(options, new Secret(reader.ReadToEnd().Trim()));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                problems.Add($"{key}: \"{path}\" cannot be read ({exception.Message}). Allowed: a file that this account may read.");
            }
        }

        return problems;
    }
}
