namespace WsusDashboard.Agent.Tests.Iis;

/// <summary>
/// What Microsoft.Web.Administration has of the things that the agent uses, as Microsoft documents it: https://learn.microsoft.com/dotnet/api/microsoft.web.administration.TYPE (view iis-dotnet).
/// Written by hand from those pages; it is changed only together with a page that says so, never to please the emulation.
/// </summary>
internal static class DocumentedIisApi
{
    public const string Namespace = "Microsoft.Web.Administration";

    /// <summary>Classes with their members, properties as "type Name { get; set; }".</summary>
    public static IReadOnlyDictionary<string, string[]> Classes { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["ServerManager"] =
        [
            "ServerManager()", "ServerManager(string)", "ServerManager(bool, string)", "ApplicationPoolCollection ApplicationPools { get; }", "SiteCollection Sites { get; }",
            "WorkerProcessCollection WorkerProcesses { get; }", "Configuration GetApplicationHostConfiguration()", "void CommitChanges()", "void Dispose()",
        ],
        ["Configuration"] = ["ConfigurationSection GetSection(string)", "ConfigurationSection GetSection(string, string)"],
        ["ConfigurationSection"] = [],
        ["ConfigurationElement"] = ["object Item[string] { get; set; }", "ConfigurationElementCollection GetCollection()"],
        ["ConfigurationElementCollection"] = [],
        ["ApplicationPoolCollection"] = ["ApplicationPool Item[string] { get; }"],
        ["ApplicationPool"] =
        [
            "string Name { get; set; }", "bool AutoStart { get; set; }", "bool Enable32BitAppOnWin64 { get; set; }", "ManagedPipelineMode ManagedPipelineMode { get; set; }",
            "string ManagedRuntimeVersion { get; set; }", "long QueueLength { get; set; }", "StartMode StartMode { get; set; }", "ObjectState State { get; }",
            "ApplicationPoolCpu Cpu { get; }", "ApplicationPoolFailure Failure { get; }", "ApplicationPoolProcessModel ProcessModel { get; }", "ApplicationPoolRecycling Recycling { get; }",
            "ObjectState Start()", "ObjectState Stop()", "ObjectState Recycle()",
        ],
        ["ApplicationPoolCpu"] = ["long Limit { get; set; }", "TimeSpan ResetInterval { get; set; }"],
        ["ApplicationPoolFailure"] =
        [
            "LoadBalancerCapabilities LoadBalancerCapabilities { get; set; }", "bool RapidFailProtection { get; set; }", "TimeSpan RapidFailProtectionInterval { get; set; }",
            "long RapidFailProtectionMaxCrashes { get; set; }",
        ],
        ["ApplicationPoolProcessModel"] =
        [
            "ProcessModelIdentityType IdentityType { get; set; }", "TimeSpan IdleTimeout { get; set; }", "bool LoadUserProfile { get; set; }", "bool PingingEnabled { get; set; }",
        ],
        ["ApplicationPoolRecycling"] = ["ApplicationPoolPeriodicRestart PeriodicRestart { get; }"],
        ["ApplicationPoolPeriodicRestart"] = ["long Memory { get; set; }", "long PrivateMemory { get; set; }", "TimeSpan Time { get; set; }"],
        ["SiteCollection"] = [],
        ["Site"] = ["long Id { get; set; }", "string Name { get; set; }", "ApplicationCollection Applications { get; }", "BindingCollection Bindings { get; }", "SiteLogFile LogFile { get; }"],
        ["SiteLogFile"] = ["string Directory { get; set; }"],
        ["BindingCollection"] = [],
        ["Binding"] = ["string BindingInformation { get; set; }", "string Protocol { get; set; }"],
        ["ApplicationCollection"] = [],
        ["Application"] = ["string Path { get; set; }", "string ApplicationPoolName { get; set; }", "VirtualDirectoryCollection VirtualDirectories { get; }"],
        ["VirtualDirectoryCollection"] = [],
        ["VirtualDirectory"] = ["string Path { get; set; }"],
        ["WorkerProcessCollection"] = [],
        ["WorkerProcess"] = ["string AppPoolName { get; }", "int ProcessId { get; }"],
    };

    /// <summary>Collections derive from ConfigurationElementCollectionBase&lt;T&gt;, which is an IEnumerable&lt;T&gt;.</summary>
    public static IReadOnlyDictionary<string, string> Elements { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ApplicationPoolCollection"] = "ApplicationPool",
        ["SiteCollection"] = "Site",
        ["ApplicationCollection"] = "Application",
        ["BindingCollection"] = "Binding",
        ["VirtualDirectoryCollection"] = "VirtualDirectory",
        ["WorkerProcessCollection"] = "WorkerProcess",
        ["ConfigurationElementCollection"] = "ConfigurationElement",
    };

    public static IReadOnlyDictionary<string, string[]> Enums { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["ObjectState"] = ["Starting = 0", "Started = 1", "Stopping = 2", "Stopped = 3", "Unknown = 4"],
        ["StartMode"] = ["OnDemand = 0", "AlwaysRunning = 1"],
        ["ManagedPipelineMode"] = ["Integrated = 0", "Classic = 1"],
        ["ProcessModelIdentityType"] = ["LocalSystem = 0", "LocalService = 1", "NetworkService = 2", "SpecificUser = 3", "ApplicationPoolIdentity = 4"],
        ["LoadBalancerCapabilities"] = ["TcpLevel = 1", "HttpLevel = 2"],
    };

    /// <summary>The members of a class as compiled code refers to them.</summary>
    public static IEnumerable<string> Compiled(string type) => Classes[type].SelectMany(member => Compile(type, member));

    private static IEnumerable<string> Compile(string type, string member)
    {
        if (member.StartsWith($"{type}(", StringComparison.Ordinal))
        {
            return [$"{type}..ctor{member[type.Length..]} : void"];
        }

        var (result, rest) = (member[..member.IndexOf(' ', StringComparison.Ordinal)], member[(member.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        if (!rest.EndsWith('}'))
        {
            return [$"{type}.{rest} : {result}"];
        }

        var name = rest[..rest.IndexOf(" {", StringComparison.Ordinal)];
        var index = name.IndexOf('[', StringComparison.Ordinal) is >= 0 and var start ? name[(start + 1)..^1] : "";
        name = name.Split('[')[0];
        return rest.Contains("set;", StringComparison.Ordinal)
            ? [$"{type}.get_{name}({index}) : {result}", $"{type}.set_{name}({result}) : void"]
            : [$"{type}.get_{name}({index}) : {result}"];
    }
}
