using System.Runtime.InteropServices;
using WsusDashboard.Iis.Emulation.Errors;

namespace Microsoft.Web.Administration;

/// <summary>A configuration file by its sections, for what has no property of ServerManager.</summary>
public sealed class Configuration
{
    private static readonly Dictionary<string, ConfigurationElementSchema> Known = new(StringComparer.Ordinal)
    {
        [CompressionSchema.Path] = CompressionSchema.Section,
    };

    private readonly ConfigurationSession _session;

    internal Configuration(ConfigurationSession session) => _session = session;

    /// <summary>A section by its path, whether it stands in the file or not.</summary>
    /// <exception cref="COMException">There is no such section here, or it is damaged.</exception>
    public ConfigurationSection GetSection(string sectionPath)
    {
        ArgumentNullException.ThrowIfNull(sectionPath);
        if (!Known.TryGetValue(sectionPath, out var schema))
        {
            throw new IisRefusedException(
                $"The configuration section '{sectionPath}' can't be read here. Sections that can: {string.Join(", ", Known.Keys)}.", IisRefusedException.InvalidIndex);
        }

        return new ConfigurationSection(_session.Locate(sectionPath[..sectionPath.IndexOf('/', StringComparison.Ordinal)], schema));
    }
}
