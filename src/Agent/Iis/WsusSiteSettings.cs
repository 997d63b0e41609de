using System.Globalization;
using System.Runtime.InteropServices;
using System.Xml;
using System.Xml.Linq;
using Microsoft.Web.Administration;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>Whom the directories of WSUS's site let in, and what its services' web.config files allow a request. Both change rarely, so they are read once a minute.</summary>
/// <remarks>Threading: any thread; two readings at once read twice.</remarks>
public sealed class WsusSiteSettings(IisAccess access, IRegistry registry, TimeProvider timeProvider)
{
    private const string AccessSection = "system.webServer/security/access";
    private const string AddressSection = "system.webServer/security/ipSecurity";
    private const string What = "Which directories of WSUS require TLS couldn't be read from IIS";

    // Flags of IIS_schema.xml, attribute sslFlags.
    private const int Ssl = 8;
    private const int SslRequireCert = 64;

    private const int MostDirectories = 50;

    /// <summary>WSUS's own files have a few KB.</summary>
    private const int LargestFile = 256 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly string[] Services = ["ClientWebService", "ApiRemoting30"];

    private Known<(string? Site, IReadOnlyList<WebDirectory> Directories, string Problem)>? _directories;
    private Known<IReadOnlyList<WebServiceLimits>>? _limits;

    /// <summary>The directories in the order of the configuration; where they cannot be read, why.</summary>
    /// <param name="manager">IIS.</param>
    /// <param name="siteName">WSUS's site; null where it is not known.</param>
    public (IReadOnlyList<WebDirectory> Directories, string Problem) ReadDirectories(ServerManager manager, string? siteName)
    {
        if (Volatile.Read(ref _directories) is not { } known || IsOld(known.At) || known.Value.Site != siteName)
        {
            var (read, why) = ReadNow(manager, siteName);
            known = new(timeProvider.GetTimestamp(), (siteName, read, why));
            Volatile.Write(ref _directories, known);
        }

        return (known.Value.Directories, known.Value.Problem);
    }

    /// <summary>One for each service whose file is there.</summary>
    public IReadOnlyList<WebServiceLimits> ReadLimits()
    {
        if (Volatile.Read(ref _limits) is not { } known || IsOld(known.At))
        {
            known = new(timeProvider.GetTimestamp(), [.. Services.Select(ReadLimits).OfType<WebServiceLimits>()]);
            Volatile.Write(ref _limits, known);
        }

        return known.Value;
    }

    private bool IsOld(long at) => timeProvider.GetElapsedTime(at) >= Interval;

    private (IReadOnlyList<WebDirectory> Directories, string Problem) ReadNow(ServerManager manager, string? siteName)
    {
        if (siteName is null)
        {
            return ([], "");
        }

        try
        {
            var configuration = manager.GetApplicationHostConfiguration();
            var names = manager.Sites.Where(site => site.Name == siteName)
                .SelectMany(site => site.Applications)
                .SelectMany(application => application.VirtualDirectories.Select(directory => $"{application.Path.Trim('/')}/{directory.Path.Trim('/')}".Trim('/')))
                .Where(name => name.Length > 0)
                .Take(MostDirectories);
            return ([.. names.Select(name => Read(configuration, siteName, name))], "");
        }
        catch (Exception exception) when (exception is COMException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // The pools are still worth showing.
            access.Refusals.Record("access of a directory", exception);
            return ([], IisFailures.Translate(What, exception).Message);
        }
    }

    private static WebDirectory Read(Configuration configuration, string siteName, string name)
    {
        var place = $"{siteName}/{name}";
        var flags = Convert.ToInt64(configuration.GetSection(AccessSection, place)["sslFlags"], CultureInfo.InvariantCulture);
        return new WebDirectory
        {
            Name = name,
            RequiresTls = (flags & Ssl) != 0,
            RequiresClientCertificate = (flags & SslRequireCert) != 0,
            RefusesUnlistedAddresses = configuration.GetSection(AddressSection, place)["allowUnlisted"] is false,
        };
    }

    /// <summary>Null where there is no such file.</summary>
    private WebServiceLimits? ReadLimits(string service)
    {
        try
        {
            if (registry.Read(WsusRegistry.SetupKey, "TargetDir") is not string { Length: > 0 } target
                || new FileInfo(Path.Combine(target, "WebServices", service, "web.config")) is not { Exists: true } file)
            {
                return null;
            }

            if (file.Length > LargestFile)
            {
                return new WebServiceLimits { Service = service, Problem = string.Create(CultureInfo.InvariantCulture, $"{file.FullName} has {file.Length:N0} bytes; at most {LargestFile:N0} are read.") };
            }

            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, MaxCharactersInDocument = LargestFile });
            return Describe(service, XDocument.Load(reader).Root!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or XmlException or EdgeException)
        {
            return new WebServiceLimits { Service = service, Problem = $"The web.config of {service} couldn't be read: {exception.Message}" };
        }
    }

    private static WebServiceLimits Describe(string service, XElement root)
    {
        var runtime = Child(Child(root, "system.web"), "httpRuntime");
        var prerequisites = Child(root, "appSettings")?.Elements().FirstOrDefault(element => element.Attribute("key")?.Value == "maxInstalledPrerequisites");
        return new WebServiceLimits
        {
            Service = service,
            MaximumRequestKilobytes = Number(runtime?.Attribute("maxRequestLength")),
            ExecutionTimeLimit = Number(runtime?.Attribute("executionTimeout")) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            MaximumInstalledPrerequisites = Number(prerequisites?.Attribute("value")),
        };
    }

    private static XElement? Child(XElement? parent, string name) => parent?.Elements().FirstOrDefault(element => element.Name.LocalName == name);

    private static int? Number(XAttribute? attribute) =>
        int.TryParse(attribute?.Value, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null;

    private sealed record Known<T>(long At, T Value);
}
