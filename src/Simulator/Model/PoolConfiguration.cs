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

    /// <summary>The element as it stands in the file: IIS recycles a pool whose configuration changed, whatever changed in it.</summary>
    public string Text { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Reads all pools, in the order of the file; null where it is not well-formed.</summary>
    public static IReadOnlyList<PoolConfiguration>? ReadAll(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var pools = XDocument.Load(stream).Descendants("applicationPools").FirstOrDefault();
            return pools is null ? null : [.. pools.Elements("add").Select(pool => Parse(pool, pools.Element("applicationPoolDefaults")))];
        }
        catch (Exception exception) when (exception is IOException or XmlException or FormatException or UnauthorizedAccessException)
        {
            // IIS keeps working with the configuration that it read last.
            return null;
        }
    }

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
