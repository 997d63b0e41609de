#:property RestorePackagesWithLockFile=false
#:property RestoreLockedMode=false
#:property PublishAot=false
#:property JsonSerializerIsReflectionEnabledByDefault=true
// Makes two lists of what a release is made of, from the lock files and from the packages as NuGet restored them:
//   wsusdashboard.cdx.json   a bill of materials: CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/
//   LICENSES.txt             package, version, licence, copyright; then the texts of licences that have no SPDX id
// The same lock files give the same bytes: there is no time in them.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

var (root, output) = (args[0], args[1]);
var packages = LockedPackages.Read(root);
var pinned = LockedPackages.ReadPinnedOnly(root, packages);
var version = XDocument.Load(Path.Combine(root, "Directory.Build.props")).Descendants("Version").Single().Value;
var missing = packages.Where(package => package.Nuspec is null).Select(package => $"{package.Name} {package.Version}").ToList();
if (missing.Count > 0)
{
    Console.Error.WriteLine($"These packages aren't restored: {string.Join(", ", missing)}. Run \"dotnet restore --locked-mode\" first.");
    return 1;
}

Directory.CreateDirectory(output);
File.WriteAllText(Path.Combine(output, "wsusdashboard.cdx.json"), BillOfMaterials.Write(version, packages, pinned));
File.WriteAllText(Path.Combine(output, "LICENSES.txt"), LicenseList.Write(version, packages, pinned));
return 0;

/// <summary>A package as the lock files name it.</summary>
/// <param name="Hash">NuGet's hash of the content: SHA-512, Base64. It isn't that of the .nupkg file where that is signed. Empty where the package is pinned only.</param>
/// <param name="IsShipped">True where a project under src has it; false where tests alone do.</param>
/// <param name="Needs">Name and version of the packages that it needs, as they were resolved.</param>
/// <param name="Nuspec">What it says about itself; null where it isn't restored.</param>
/// <param name="Folder">Where it lies.</param>
internal sealed record Package(string Name, string Version, string Hash, bool IsShipped, IReadOnlyCollection<string> Needs, XElement? Nuspec, string Folder)
{
    /// <summary>https://github.com/package-url/purl-spec.</summary>
    public string Purl => $"pkg:nuget/{Name}@{Version}";

    public string? Field(string name) => Nuspec?.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>An SPDX expression; null where the package says it otherwise.</summary>
    public string? LicenseExpression => License("expression");

    /// <summary>A file in the package.</summary>
    public string? LicenseFile => License("file");

    /// <summary>For a person.</summary>
    public string LicenseName => LicenseExpression ?? (LicenseFile is { } file ? $"its own ({file}, below)" : Field("licenseUrl") is { } address ? $"see {address}" : "not stated");

    private string? License(string type) => Nuspec?.Elements().FirstOrDefault(element => element.Name.LocalName == "license" && (string?)element.Attribute("type") == type)?.Value.Trim();
}

internal static class LockedPackages
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static readonly string[] Projects = ["src", "tests"];

    /// <summary>Each package and version of all lock files once, those that are shipped first.</summary>
    public static IReadOnlyList<Package> Read(string root)
    {
        var found = new Dictionary<string, Package>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in LockFiles(root))
        {
            var isShipped = Path.GetRelativePath(root, path).StartsWith("src" + Path.DirectorySeparatorChar, StringComparison.Ordinal);
            using var file = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var framework in file.RootElement.GetProperty("dependencies").EnumerateObject())
            {
                var resolved = framework.Value.EnumerateObject().Where(entry => entry.Value.GetProperty("type").GetString() != "Project").ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.OrdinalIgnoreCase);
                foreach (var (name, entry) in resolved)
                {
                    var package = ToPackage(name, entry, resolved, isShipped);
                    found[package.Purl] = found.TryGetValue(package.Purl, out var known)
                        ? known with { IsShipped = known.IsShipped || isShipped, Needs = [.. known.Needs.Union(package.Needs, StringComparer.OrdinalIgnoreCase)] }
                        : package;
                }
            }
        }

        return [.. found.Values.OrderBy(package => !package.IsShipped).ThenBy(package => package.Name, StringComparer.OrdinalIgnoreCase).ThenBy(package => package.Version, StringComparer.Ordinal)];
    }

    /// <summary>What is pinned centrally and stands in no lock file: the packages of builds for Windows alone, whose lock file is made anew.</summary>
    public static IReadOnlyList<Package> ReadPinnedOnly(string root, IReadOnlyList<Package> locked) =>
    [
        .. XDocument.Load(Path.Combine(root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(entry => ((string)entry.Attribute("Include")!, (string)entry.Attribute("Version")!))
            .Where(entry => !locked.Any(package => string.Equals(package.Name, entry.Item1, StringComparison.OrdinalIgnoreCase)))
            .Select(entry => new Package(entry.Item1, entry.Item2, "", true, [], ReadNuspec(entry.Item1, entry.Item2), FolderOf(entry.Item1, entry.Item2))),
    ];

    private static IEnumerable<string> LockFiles(string root) =>
        Projects.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "packages.lock.json", SearchOption.AllDirectories))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    private static Package ToPackage(string name, JsonElement entry, Dictionary<string, JsonElement> resolved, bool isShipped)
    {
        var version = entry.GetProperty("resolved").GetString()!;
        var needs = entry.TryGetProperty("dependencies", out var dependencies) ? dependencies.EnumerateObject().Select(dependency => dependency.Name) : [];
        return new(
            name,
            version,
            entry.GetProperty("contentHash").GetString()!,
            isShipped,
            [.. needs.Where(resolved.ContainsKey).Select(need => $"pkg:nuget/{resolved.Keys.First(known => string.Equals(known, need, StringComparison.OrdinalIgnoreCase))}@{resolved[need].GetProperty("resolved").GetString()}")],
            ReadNuspec(name, version),
            FolderOf(name, version));
    }

    private static string FolderOf(string name, string version) => Path.Combine(Folder, name.ToLowerInvariant(), version.ToLowerInvariant());

    private static XElement? ReadNuspec(string name, string version) =>
        Path.Combine(FolderOf(name, version), name.ToLowerInvariant() + ".nuspec") is var path && File.Exists(path) ? XDocument.Load(path).Root!.Elements().First(element => element.Name.LocalName == "metadata") : null;
}

internal static class BillOfMaterials
{
    // Readable in a diff; a licence's name may hold an ampersand.
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(string version, IReadOnlyList<Package> locked, IReadOnlyList<Package> pinned)
    {
        var product = $"pkg:generic/WsusDashboard@{version}";
        List<Package> all = [.. locked, .. pinned];
        var runtime = new JsonObject
        {
            ["type"] = "framework",
            ["bom-ref"] = $"pkg:generic/dotnet-runtime@{Environment.Version}",
            ["name"] = ".NET and ASP.NET Core runtime",
            ["version"] = Environment.Version.ToString(),
            ["description"] = "Comes with the agent's release for Windows; the dashboard takes the one that is installed. The version is that of the SDK which made this list.",
            ["scope"] = "required",
            ["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["id"] = "MIT" } }),
        };
        var bill = new JsonObject
        {
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject { ["component"] = new JsonObject { ["type"] = "application", ["bom-ref"] = product, ["name"] = "WsusDashboard", ["version"] = version } },
            ["components"] = ToArray(all.Select(ToComponent).Prepend(runtime)),
            ["dependencies"] = ToArray(all.Select(package => Dependency(package.Purl, package.Needs)).Prepend(Dependency(product, all.Where(package => package.IsShipped).Select(package => package.Purl)))),
        };

        // The same content has the same number.
        bill["serialNumber"] = $"urn:uuid:{new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(bill.ToJsonString()))[..16])}";
        return bill.ToJsonString(Format) + "\n";
    }

    private static JsonObject ToComponent(Package package)
    {
        var component = new JsonObject
        {
            ["type"] = "library",
            ["bom-ref"] = package.Purl,
            ["name"] = package.Name,
            ["version"] = package.Version,
            ["purl"] = package.Purl,
            ["scope"] = package.IsShipped ? "required" : "excluded",
        };
        Add(component, "publisher", package.Field("authors"));
        Add(component, "copyright", package.Field("copyright"));
        Add(component, "description", package.Field("description"));
        component["licenses"] = new JsonArray(package.LicenseExpression is { } expression
            ? expression.Contains(' ', StringComparison.Ordinal) ? new JsonObject { ["expression"] = expression } : new JsonObject { ["license"] = new JsonObject { ["id"] = expression } }
            : new JsonObject { ["license"] = Add(new JsonObject { ["name"] = package.Nuspec is null ? "not restored here" : package.LicenseFile ?? package.LicenseName }, "url", package.LicenseFile is null ? package.Field("licenseUrl") : null) });
        if (package.Field("projectUrl") is { } website)
        {
            component["externalReferences"] = new JsonArray(new JsonObject { ["type"] = "website", ["url"] = website });
        }

        component["properties"] = new JsonArray(package.Hash.Length > 0
            ? new JsonObject { ["name"] = "nuget:contentHash", ["value"] = package.Hash }
            : new JsonObject { ["name"] = "wsusdashboard:pinned", ["value"] = "by version only: in the agent's build for Windows" });
        return component;
    }

    private static JsonObject Add(JsonObject target, string name, string? value)
    {
        if (value is not null)
        {
            target[name] = value;
        }

        return target;
    }

    private static JsonObject Dependency(string of, IEnumerable<string> on) => new() { ["ref"] = of, ["dependsOn"] = ToArray(on.Order(StringComparer.OrdinalIgnoreCase).Select(purl => (JsonNode)JsonValue.Create(purl)!)) };

    private static JsonArray ToArray(IEnumerable<JsonNode> nodes)
    {
        var array = new JsonArray();
        foreach (var node in nodes)
        {
            array.Add(node);
        }

        return array;
    }
}

internal static class LicenseList
{
    public static string Write(string version, IReadOnlyList<Package> locked, IReadOnlyList<Package> pinned)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"WsusDashboard {version}: packages by others, and their licences\n\nShipped\n\n");
        Append(text, locked.Where(package => package.IsShipped).Concat(pinned));
        text.Append("\nThe agent's release for Windows also holds the .NET and ASP.NET Core runtime: MIT, Copyright (c) .NET Foundation and Contributors.\n");
        text.Append("\nUsed for tests only\n\n");
        Append(text, locked.Where(package => !package.IsShipped));
        foreach (var package in locked.Concat(pinned).Where(package => package.LicenseFile is not null))
        {
            var path = Path.Combine(package.Folder, package.LicenseFile!.Replace('\\', '/'));
            text.Append(CultureInfo.InvariantCulture, $"\n{new string('-', 100)}\n{package.Name} {package.Version}, {package.LicenseFile}\n\n{(File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n").Trim() : "The package lacks this file.")}\n");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, IEnumerable<Package> packages)
    {
        foreach (var package in packages)
        {
            text.Append(CultureInfo.InvariantCulture, $"{package.Name} {package.Version} · {(package.Nuspec is null ? "licence: see https://www.nuget.org/packages/" + package.Name : package.LicenseName)}{(package.Field("copyright") is { } copyright ? " · " + copyright.ReplaceLineEndings(" ") : "")}\n");
        }
    }
}
