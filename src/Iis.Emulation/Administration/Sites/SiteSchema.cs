using WsusDashboard.Iis.Emulation.Schema;

namespace Microsoft.Web.Administration;

/// <summary>The part of section system.applicationHost/sites that is read here; the rest of the section is kept as it is.</summary>
internal static class SiteSchema
{
    public static ConfigurationElementSchema VirtualDirectory { get; } = new("virtualDirectory",
    [
        new("path", new TextRule("virtualDirectoryPath"), null) { IsUniqueKey = true },
        new("physicalPath", new TextRule(), null) { IsExpanded = true },
    ]);

    public static ConfigurationElementSchema Application { get; } = new("application",
    [
        new("path", new TextRule("applicationPath"), null) { IsRequired = true, IsUniqueKey = true },
        .. ApplicationAttributes(),
    ])
    {
        Entry = VirtualDirectory,
    };

    /// <summary>Both of a site and of the whole section.</summary>
    public static ConfigurationElementSchema ApplicationDefaults { get; } = new("applicationDefaults", ApplicationAttributes());

    public static ConfigurationElementSchema Binding { get; } = new("binding",
    [
        new("protocol", new TextRule("nonEmptyString"), null) { IsRequired = true },
        new("bindingInformation", new TextRule("nonEmptyString"), null) { IsRequired = true },
    ]);

    public static ConfigurationElementSchema Bindings { get; } = new("bindings") { Entry = Binding, ClearElement = "clear" };

    public static ConfigurationElementSchema LogFile { get; } = CreateLogFile(new TextRule("nonEmptyString"));

    public static ConfigurationElementSchema Site { get; } = new("site",
    [
        new("name", new TextRule("siteName"), null) { IsRequired = true, IsUniqueKey = true },
        new("id", IntegerRule.Unsigned(), null) { IsRequired = true, IsUniqueKey = true },
        ServerAutoStart(),
    ],
    Bindings, LogFile, ApplicationDefaults)
    {
        Entry = Application,
    };

    public static ConfigurationElementSchema SiteDefaults { get; } = new("siteDefaults", [ServerAutoStart()], Bindings, CreateLogFile(new TextRule()));

    public static ConfigurationElementSchema Section { get; } = new("sites", null, SiteDefaults, ApplicationDefaults) { Entry = Site };

    private static ConfigurationElementSchema CreateLogFile(TextRule rule) =>
        new("logFile", [new("directory", rule, @"%SystemDrive%\inetpub\logs\LogFiles") { IsExpanded = true }]);

    private static ConfigurationAttributeSchema[] ApplicationAttributes() =>
    [
        new("applicationPool", new TextRule("applicationPoolName"), null),
        new("enabledProtocols", new TextRule(), "http"),
    ];

    private static ConfigurationAttributeSchema ServerAutoStart() => new("serverAutoStart", new BooleanRule(), "true");
}
