// Wine stands in for Windows; on a Windows these tests have nothing to run on, and are skipped.
using System.Diagnostics;
using System.Runtime.Versioning;

[assembly: UnsupportedOSPlatform("windows")]

namespace WsusDashboard.Windows.Tests.Support;

/// <summary>A Windows of its own: a fresh Wine prefix, which is ended and deleted with this object.</summary>
internal sealed class WinePrefix : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    // Debian's wine64 puts its loader in the folder of its libraries, not on the path.
    private static readonly string[] Loaders = ["/usr/lib/wine/wine64", "/usr/bin/wine64", "/usr/local/bin/wine64"];

    private const int Tries = 3;

    // With .NET's double mapping of code the runtime dies under Wine 8 as soon as a dynamic method is finalized (0x80131506).
    // Ten seconds for a service's process to report would be too few on a machine that is busy with other tests.
    private const string Settings = """
        Windows Registry Editor Version 5.00

        [HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Session Manager\Environment]
        "DOTNET_EnableWriteXorExecute"="0"

        [HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control]
        "ServicesPipeTimeout"="120000"

        """;

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

    /// <exception cref="InvalidOperationException">Wine could not make a Windows, after several tries; the message has what each try ended with.</exception>
    public static async Task<WinePrefix> CreateAsync(CancellationToken cancellationToken)
    {
        // The first start of a Windows under Wine installs it, and on a starved machine it fails now and then before any program of ours has run.
        // Such a Windows is thrown away; what the tests are about begins after this.
        var failures = new List<string>();
        while (failures.Count < Tries)
        {
            var prefix = new WinePrefix(Loaders.First(File.Exists));
            try
            {
                await prefix.PrepareAsync(cancellationToken);
                return prefix;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                failures.Add(exception.Message);
                await prefix.DisposeAsync();
            }
            catch
            {
                await prefix.DisposeAsync();
                throw;
            }
        }

        throw new InvalidOperationException($"Wine made no Windows in {Tries} tries: {string.Join(" | ", failures)}");
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

    /// <summary>Starts a program of Windows, which runs until this Windows ends.</summary>
    public Process Start(IReadOnlyList<string> command) => HostProcess.Start([_loader, .. command], _environment);

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

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        // One program writes both values: between two programs Windows may be ending, and takes the second with it.
        var settings = Path.Combine(Folder, "settings.reg");
        await File.WriteAllTextAsync(settings, Settings.ReplaceLineEndings("\r\n"), cancellationToken);
        (await RunAsync(["reg", "import", InWindows(settings)], cancellationToken)).Succeeded();

        // Services take their environment from the registry as it is when the service manager starts, so Windows starts twice.
        await EndAsync();

        // Windows ends when its last program ends; services do not count. This one waits for input that never comes, and has said that it is there
        // before any other program is started.
        var greeting = Path.Combine(Folder, "holder.txt");
        _holder = HostProcess.Start(["/bin/sh", "-c", "exec \"$0\" cmd >\"$1\" 2>&1", _loader, greeting], _environment, holdsInput: true);
        await Eventually.Async(() => ReadAsync(greeting), text => text.Contains('>', StringComparison.Ordinal), Limit);
        (await RunAsync(["cmd", "/c", "ver"], cancellationToken)).Succeeded();
    }

    private static async Task<string> ReadAsync(string file) => File.Exists(file) ? await File.ReadAllTextAsync(file) : "";

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
