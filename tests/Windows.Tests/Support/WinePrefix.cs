using System.Diagnostics;
using System.Runtime.Versioning;

// Wine stands in for Windows; on a Windows these tests have nothing to run on, and are skipped.
[assembly: UnsupportedOSPlatform("windows")]

namespace WsusDashboard.Windows.Tests.Support;

/// <summary>A Windows of its own: a fresh Wine prefix, which is ended and deleted with this object.</summary>
internal sealed class WinePrefix : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    // Debian's wine64 puts its loader in the folder of its libraries, not on the path.
    private static readonly string[] Loaders = ["/usr/lib/wine/wine64", "/usr/bin/wine64", "/usr/local/bin/wine64"];

    private const string Control = @"HKLM\SYSTEM\CurrentControlSet\Control";
    private const string WriteXorExecute = "DOTNET_EnableWriteXorExecute";

    private readonly string _loader;
    private readonly Dictionary<string, string?> _environment;
    private Process? _holder;

    private WinePrefix(string loader)
    {
        _loader = loader;
        Folder = Directory.CreateTempSubdirectory("wsusdashboard-wine-").FullName;
        _environment = new()
        {
            ["WINEPREFIX"] = Path.Combine(Folder, "prefix"),
            ["WINEDEBUG"] = "-all",

            // No browser engine is needed. mscoree must stay: without it no .NET assembly can be mapped.
            ["WINEDLLOVERRIDES"] = "mshtml=",
            ["DISPLAY"] = null,
            ["DOTNET_ROOT"] = null,
        };
    }

    /// <summary>Why there is no Wine here, or null.</summary>
    public static string? Absence => Loaders.Any(File.Exists) ? null : "No Wine on this machine (Debian: apt-get install wine64).";

    /// <summary>The folder of this object on the host; the prefix is in it.</summary>
    public string Folder { get; }

    private string DriveC => Path.Combine(_environment["WINEPREFIX"]!, "drive_c");

    public static async Task<WinePrefix> CreateAsync(CancellationToken cancellationToken)
    {
        var prefix = new WinePrefix(Loaders.First(File.Exists));
        try
        {
            // With .NET's double mapping of code the runtime dies under Wine 8 as soon as a dynamic method is finalized (0x80131506).
            // Services take their environment from the registry as it is when the service manager starts, so Windows starts twice.
            await prefix.WriteAsync(Control + @"\Session Manager\Environment", WriteXorExecute, "0", cancellationToken);

            // Ten seconds for a service's process to report would be too few on a machine that is busy with other tests.
            await prefix.WriteAsync(Control, "ServicesPipeTimeout", "120000", cancellationToken);
            await prefix.EndAsync();

            // Windows ends when its last program ends; services do not count. This one waits for input that never comes.
            prefix._holder = HostProcess.Start(["/bin/sh", "-c", "exec \"$0\" cmd >/dev/null 2>&1", prefix._loader], prefix._environment, holdsInput: true);
            (await prefix.RunAsync(["cmd", "/c", "ver"], cancellationToken)).Succeeded();
            return prefix;
        }
        catch
        {
            await prefix.DisposeAsync();
            throw;
        }
    }

    /// <summary>A path inside Windows as the host sees it: C:\stage is in the folder of the prefix.</summary>
    public string OnHost(string windowsPath) =>
        windowsPath.StartsWith(@"C:\", StringComparison.OrdinalIgnoreCase)
            ? Path.Combine(DriveC, windowsPath[3..].Replace('\\', '/'))
            : throw new ArgumentException($"{windowsPath} is not on drive C.", nameof(windowsPath));

    /// <summary>A path of the host as Windows sees it.</summary>
    public static string InWindows(string hostPath) => "Z:" + Path.GetFullPath(hostPath).Replace('/', '\\');

    /// <summary>Runs a program of Windows to its end.</summary>
    public Task<Outcome> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken) =>
        HostProcess.RunAsync([_loader, .. command], _environment, Limit, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        if (_holder is not null)
        {
            await _holder.WaitForExitAsync(CancellationToken.None);
            _holder.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private async Task WriteAsync(string key, string name, string value, CancellationToken cancellationToken) =>
        (await RunAsync(["reg", "add", key, "/v", name, "/d", value, "/f"], cancellationToken)).Succeeded();

    /// <summary>Ends all programs and services of this prefix, and waits until they are gone.</summary>
    private async Task EndAsync()
    {
        var server = Path.Combine(Path.GetDirectoryName(_loader)!, "wineserver");
        foreach (var end in (string[])["-k", "-w"])
        {
            await HostProcess.RunAsync([server, end], _environment, Limit, CancellationToken.None);
        }
    }
}
