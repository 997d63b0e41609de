using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Shared.Settings;

namespace WsusDashboard.Dashboard.Security.Keys;

/// <summary>Takes secrets from the files that options name: an option X of type Secret has a sibling XFile. A mistake is a file that can't be read, or a secret given twice.</summary>
internal sealed class SecretFiles : OptionsRule<DashboardOptions>
{
    private const int MaximumBytes = 16 * 1024;

    protected override IEnumerable<string> Mistakes(DashboardOptions options)
    {
        var entries = OptionEntry.In(DashboardOptions.SectionName, options);
        foreach (var secret in entries.Where(entry => entry.Property.PropertyType == typeof(Secret)))
        {
            var file = entries.Single(entry => entry.Key == secret.Key + "File");
            if (file.Value is string { Length: > 0 } path && Read(secret, path) is { } problem)
            {
                yield return $"{file.Key} is \"{path}\"{problem}";
            }
        }
    }

    private static string? Read(OptionEntry secret, string path)
    {
        if (secret.Value is Secret { IsEmpty: false })
        {
            return $", and {secret.Key} is set too. Allowed: one of them.";
        }

        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > MaximumBytes)
            {
                return $", which has more than {MaximumBytes} bytes. Allowed: a text file that holds nothing but the secret.";
            }

            using var reader = new StreamReader(stream);
            secret.Value = new Secret(reader.ReadToEnd().Trim());
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $", which can't be read: {exception.Message} Allowed: a file that this account can read.";
        }
    }
}
