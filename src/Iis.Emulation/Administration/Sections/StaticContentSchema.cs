using WsusDashboard.Iis.Emulation.Schema;

namespace Microsoft.Web.Administration;

/// <summary>The part of section system.webServer/staticContent that is read here; the rest of the section is kept as it is.</summary>
internal static class StaticContentSchema
{
    public const string Path = "system.webServer/staticContent";

    public static ConfigurationElementSchema Section { get; } = new("staticContent")
    {
        Entry = new ConfigurationElementSchema("mimeMap",
        [
            new("fileExtension", new TextRule(), null) { IsRequired = true, IsUniqueKey = true },
            new("mimeType", new TextRule("nonEmptyString"), null) { IsRequired = true },
        ]),
        ClearElement = "clear",
    };
}
