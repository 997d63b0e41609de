using System.Runtime.InteropServices;
using WsusDashboard.Iis.Emulation.Errors;

namespace Microsoft.Web.Administration;

/// <summary>A configuration file by its sections, for what has no property of ServerManager.</summary>
public sealed class Configuration
{
    private static readonly Dictionary<string, ConfigurationElementSchema> Known = new(StringComparer.Ordinal)
    {
        [CompressionSchema.Path] = CompressionSchema.Section,
        [StaticContentSchema.Path] = StaticContentSchema.Section,
        [SecuritySchema.AccessPath] = SecuritySchema.Access,
        [SecuritySchema.AddressPath] = SecuritySchema.Address,
    };

    private readonly ConfigurationSession _session;

    internal Configuration(ConfigurationSession session) => _session = session;

    /// <summary>A section by its path, whether it stands in the file or not.</summary>
    /// <exception cref="COMException">There is no such section here, or it is damaged.</exception>
    public ConfigurationSection GetSection(string sectionPath)
    {
        var (group, schema) = Find(sectionPath);
        return new ConfigurationSection(_session.Locate(group, schema));
    }

    /// <summary>A section as it applies to a place ("site/directory"): what its location element says, else those of the places around it, else the server's. It can only be read.</summary>
    /// <exception cref="COMException">There is no such section here, or it is damaged.</exception>
    public ConfigurationSection GetSection(string sectionPath, string locationPath)
    {
        ArgumentNullException.ThrowIfNull(locationPath);
        var (group, schema) = Find(sectionPath);
        var section = GetSection(sectionPath);
        var path = "";
        foreach (var name in locationPath.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path = path.Length == 0 ? name : $"{path}/{name}";
            section = new ConfigurationSection(_session.LocateAt(path, group, schema, section));
        }

        return section;
    }

    private static (string Group, ConfigurationElementSchema Schema) Find(string sectionPath)
    {
        ArgumentNullException.ThrowIfNull(sectionPath);
        return Known.TryGetValue(sectionPath, out var schema)
            ? (sectionPath[..sectionPath.LastIndexOf('/')], schema)
            : throw new IisRefusedException(
                $"The configuration section '{sectionPath}' can't be read here. Sections that can: {string.Join(", ", Known.Keys)}.", IisRefusedException.InvalidIndex);
    }
}
