using WsusDashboard.Iis.Emulation.Schema;

namespace Microsoft.Web.Administration;

/// <summary>The part of section system.webServer/httpCompression that is read here; the rest of the section is kept as it is.</summary>
/// <remarks>
/// The schema file of IIS 10 has no attribute preCondition for a scheme, while several guides for WSUS tell people to write it there.
/// It is read here so that a file which has it is understood; on a real server whose schema lacks it, reading it is refused.
/// </remarks>
internal static class CompressionSchema
{
    public const string Path = "system.webServer/httpCompression";

    public static ConfigurationElementSchema Section { get; } = new("httpCompression")
    {
        Entry = new ConfigurationElementSchema("scheme",
        [
            new("name", new TextRule("nonEmptyString"), null) { IsRequired = true, IsUniqueKey = true },
            new("dll", new TextRule("nonEmptyString"), null) { IsRequired = true, IsExpanded = true },
            new("preCondition", new TextRule(), null) { IsCaseSensitive = true },
        ]),
        ClearElement = "clear",
    };
}
