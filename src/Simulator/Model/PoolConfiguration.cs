using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace WsusDashboard.Simulator.Model;

/// <summary>
/// The settings of WsusPool that matter to the cause model, read from applicationHost.config by code of its own:
/// what an agent believes to have written counts only once it stands in the file.
/// </summary>
internal sealed record PoolConfiguration
{
    public long QueueLength { get; init; } = 1000;
    public bool Enable32Bit { get; init; }
    public bool AutoStart { get; init; } = true;
    public long PrivateMemoryKilobytes { get; init; }
    public TimeSpan RegularRestartInterval { get; init; } = TimeSpan.FromHours(29);
    public bool RapidFailProtection { get; init; } = true;
    public TimeSpan RapidFailProtectionInterval { get; init; } = TimeSpan.FromMinutes(5);
    public int RapidFailProtectionMaxCrashes { get; init; } = 5;

    /// <summary>True where its workers are told to load a library that they cannot: a 64-bit one, by a scheme that is not kept out of 32-bit workers.</summary>
    public bool FailsToLoad { get; init; }

    /// <summary>True where its workers end as soon as they start: a module of theirs is a 64-bit one, and nothing keeps it out of 32-bit workers.</summary>
    public bool EndsAtStart { get; init; }

    /// <summary>The element as it stands in the file: IIS recycles a pool whose configuration changed, whatever changed in it.</summary>
    public string Text { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Reads all pools, in the order of the file; null where it is not well-formed.</summary>
    public static IReadOnlyList<PoolConfiguration>? ReadAll(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var document = XDocument.Load(stream);
            var modules = document.Descendants("globalModules").Elements("add").ToList();
            var pools = document.Descendants("applicationPools").FirstOrDefault();
            var schemes = document.Descendants("httpCompression").Elements("scheme").ToList();
            return pools is null ? null : [.. pools.Elements("add").Select(pool => AddLibraries(Parse(pool, pools.Element("applicationPoolDefaults")), schemes, modules))];
        }
        catch (Exception exception) when (exception is IOException or XmlException or FormatException or UnauthorizedAccessException)
        {
            // IIS keeps working with the configuration that it read last.
            return null;
        }
    }

    // Schemes and modules are global: each worker of the server loads them, and each pool is recycled where one changes.
    private static PoolConfiguration AddLibraries(PoolConfiguration pool, IReadOnlyList<XElement> schemes, IReadOnlyList<XElement> modules) => pool with
    {
        FailsToLoad = pool.Enable32Bit && schemes.Any(scheme => IsWrongFor32Bit(scheme, "dll")),
        EndsAtStart = pool.Enable32Bit && modules.Any(module => IsWrongFor32Bit(module, "image")),
        Text = pool.Text + string.Concat(schemes.Concat(modules).Select(element => element.ToString(SaveOptions.DisableFormatting))),
    };

    private static bool IsWrongFor32Bit(XElement element, string library) => LibraryTable.IsFor64BitAlone((string?)element.Attribute(library) ?? "")
        && !((string?)element.Attribute("preCondition") ?? "").Split(',').Contains("bitness64", StringComparer.OrdinalIgnoreCase);

    private static PoolConfiguration Parse(XElement pool, XElement? defaults)
    {
        string? Value(string? element, string attribute) => Find(pool, element, attribute) ?? Find(defaults, element, attribute);
        var standard = new PoolConfiguration();
        return new()
        {
            QueueLength = Number(Value(null, "queueLength"), standard.QueueLength),
            Enable32Bit = Flag(Value(null, "enable32BitAppOnWin64"), standard.Enable32Bit),
            AutoStart = Flag(Value(null, "autoStart"), standard.AutoStart),
            PrivateMemoryKilobytes = Number(Value("recycling/periodicRestart", "privateMemory"), standard.PrivateMemoryKilobytes),
            RegularRestartInterval = Span(Value("recycling/periodicRestart", "time"), standard.RegularRestartInterval),
            RapidFailProtection = Flag(Value("failure", "rapidFailProtection"), standard.RapidFailProtection),
            RapidFailProtectionInterval = Span(Value("failure", "rapidFailProtectionInterval"), standard.RapidFailProtectionInterval),
            RapidFailProtectionMaxCrashes = (int)Number(Value("failure", "rapidFailProtectionMaxCrashes"), standard.RapidFailProtectionMaxCrashes),
            Name = (string?)pool.Attribute("name") ?? "",
            Text = pool.ToString(SaveOptions.DisableFormatting),
        };
    }

    private static string? Find(XElement? pool, string? path, string attribute)
    {
        var element = pool;
        foreach (var part in path?.Split('/') ?? [])
        {
            element = element?.Element(part);
        }

        return (string?)element?.Attribute(attribute);
    }

    private static long Number(string? text, long standard) => text is null ? standard : long.Parse(text, CultureInfo.InvariantCulture);

    private static bool Flag(string? text, bool standard) => text is null ? standard : string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);

    // IIS writes more than a day as hours ("29:00:00"), which TimeSpan.Parse does not take.
    private static TimeSpan Span(string? text, TimeSpan standard)
    {
        if (text is null)
        {
            return standard;
        }

        var (days, rest) = text.Split('.') is [var first, var second] ? (long.Parse(first, CultureInfo.InvariantCulture), second) : (0, text);
        var parts = rest.Split(':').Select(part => long.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return parts is [var hours, var minutes, var seconds] ? TimeSpan.FromSeconds((((((days * 24) + hours) * 60) + minutes) * 60) + seconds) : standard;
    }
}
