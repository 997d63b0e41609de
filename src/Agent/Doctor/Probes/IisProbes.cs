using System.Globalization;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>IIS: its configuration, the pool of WSUS, compression schemes, counters, iisreset.</summary>
internal sealed class IisProbes(IisAccess access, IisReader reader, CompressionSchemeReader compression, QueueCounters queues, SiteLogFolder siteLogs, IRegistry registry, IProcessRunner processes)
{
    private const string NoRole = "The web server role (IIS) isn't installed on this server.";
    private const string SetupKey = @"SOFTWARE\Microsoft\InetStp";

    public IEnumerable<Probe> All() =>
    [
        new(ProbeAreas.Iis, "version", _ => Task.FromResult(ReadVersion())),
        new(ProbeAreas.Iis, "configuration and pools", ReadPoolsAsync) { Limit = TimeSpan.FromSeconds(30) },
        new(ProbeAreas.Iis, "compression schemes", ReadSchemesAsync),
        new(ProbeAreas.Iis, "WSUS's directories", ReadDirectoriesAsync) { Limit = TimeSpan.FromSeconds(30) },
        new(ProbeAreas.Iis, "log of WSUS's site", _ => Task.FromResult(FindLogs())),
        new(ProbeAreas.Iis, "request queue counters", ReadCountersAsync),
        new(ProbeAreas.Iis, "iisreset", _ => Task.FromResult(FindReset())),
    ];

    private ProbeOutcome ReadVersion() => registry.Read(SetupKey, "VersionString") is string version
        ? ProbeOutcome.Works(version)
        : ProbeOutcome.NotInstalled($@"HKEY_LOCAL_MACHINE\{SetupKey} has no VersionString.");

    private async Task<ProbeOutcome> ReadPoolsAsync(CancellationToken cancellationToken)
    {
        if (await reader.ReadAsync(cancellationToken) is not { } state)
        {
            return ProbeOutcome.NotInstalled(NoRole);
        }

        var all = $"{Wording.Count(state.Pools.Count, "pool", "pools")}, {Wording.Count(state.SiteNames.Count, "site", "sites")}";
        if (state.Pools.FirstOrDefault(pool => pool.Name == state.WsusPoolName) is not { } pool)
        {
            return ProbeOutcome.Attention($"{all}; none of them serves WSUS", "If WSUS is on this server, its site or its application /ClientWebService is missing: run \"wsusutil postinstall\".", state);
        }

        return ProbeOutcome.Works($"{all}; WSUS is served by pool {pool.Name} ({pool.State}, {Workers(pool)}) on site \"{state.WsusSiteName}\"", state);
    }

    private static string Workers(AppPool pool)
    {
        var memory = pool.Workers.Sum(worker => worker.PrivateKilobytes ?? 0);
        return pool.Workers.Count == 0 ? "no worker" : $"{Wording.Count(pool.Workers.Count, "worker", "workers")}, {Wording.Size(memory)} private";
    }

    private async Task<ProbeOutcome> ReadSchemesAsync(CancellationToken cancellationToken)
    {
        if (!access.IsInstalled())
        {
            return ProbeOutcome.NotInstalled(NoRole);
        }

        var (schemes, problem) = await compression.ReadAsync(cancellationToken);
        if (schemes.Count == 0)
        {
            return problem.Length == 0 ? ProbeOutcome.Works("none") : ProbeOutcome.Refused(ReadFailure.Fault, problem, ProbeAdvice.For(ProbeAreas.Iis, ReadFailure.Fault));
        }

        var summary = string.Join("; ", [.. schemes.Select(Describe), .. problem.Length == 0 ? Array.Empty<string>() : [problem]]);
        var (breaking, unknown) = (Names(schemes.Where(scheme => scheme.Breaks32BitWorkers)), Names(schemes.Where(scheme => scheme.MayBreak32BitWorkers)));
        var advice = breaking.Count > 0
            ? $"A 32-bit worker can't load {Wording.List(breaking)}, so it answers every request with 500.19 (0x8007007e). Keep WSUS's pool 64-bit, or give the scheme the precondition bitness64."
            : unknown.Count > 0 ? $"It isn't known whether a 32-bit worker can load {Wording.List(unknown)}. Keep WSUS's pool 64-bit."
            : problem.Length > 0 ? "Remove the schemes that aren't needed: the agent reads no more than these."
            : "";
        return advice.Length == 0 ? ProbeOutcome.Works(summary, schemes) : ProbeOutcome.Attention(summary, advice, schemes);
    }

    private static List<string> Names(IEnumerable<CompressionScheme> schemes) => [.. schemes.Select(scheme => scheme.Name)];

    /// <summary>The file that each kind of worker loads, and the precondition that keeps 32-bit ones from it.</summary>
    private static string Describe(CompressionScheme scheme)
    {
        var libraries = scheme.Bitness == scheme.BitnessFor32BitWorker
            ? $"PE header {Word(scheme.Bitness)}"
            : $"PE header {Word(scheme.Bitness)}, for 32-bit workers {Word(scheme.BitnessFor32BitWorker)}";
        return $"{scheme.Name}: {scheme.Library}, {libraries}, precondition {(scheme.PreCondition.Length > 0 ? scheme.PreCondition : "none")}{(scheme.Problem.Length > 0 ? $" ({scheme.Problem})" : "")}";
    }

    private static string Word(LibraryBitness bitness) => bitness switch
    {
        LibraryBitness.Bits32 => "32-bit",
        LibraryBitness.Bits64 => "64-bit",
        LibraryBitness.Missing => "missing",
        _ => "unknown",
    };

    private async Task<ProbeOutcome> ReadDirectoriesAsync(CancellationToken cancellationToken)
    {
        if (await reader.ReadAsync(cancellationToken) is not { } state)
        {
            return ProbeOutcome.NotInstalled(NoRole);
        }

        if (state.WsusDirectoriesProblem.Length > 0)
        {
            return ProbeOutcome.Refused(ReadFailure.Fault, state.WsusDirectoriesProblem, ProbeAdvice.For(ProbeAreas.Iis, ReadFailure.Fault));
        }

        var tls = state.WsusDirectories.Where(directory => directory.RequiresTls).Select(directory => directory.Name).ToList();
        var summary = $"{Wording.Count(state.WsusDirectories.Count, "directory", "directories")}; TLS is required by {(tls.Count == 0 ? "none" : Wording.List(tls))}";
        var files = state.WebServiceLimits.Where(limits => limits.Problem.Length > 0).Select(limits => limits.Problem).ToList();
        object readings = new { state.WsusDirectories, state.WebServiceLimits };
        return files.Count == 0
            ? ProbeOutcome.Works($"{summary}; request limits of {Wording.Count(state.WebServiceLimits.Count, "service", "services")} read", readings)
            : ProbeOutcome.Attention($"{summary}; {string.Join(" ", files)}", "The limits of WSUS's services stay unknown.", readings);
    }

    private ProbeOutcome FindLogs()
    {
        if (!access.IsInstalled())
        {
            return ProbeOutcome.NotInstalled(NoRole);
        }

        return siteLogs.Find() is not { } folder ? ProbeOutcome.Attention("not found", "Failed requests to WSUS's site can't be shown beside a failed sync.")
            : Directory.Exists(folder) ? ProbeOutcome.Works(folder)
            : ProbeOutcome.Attention($"{folder} doesn't exist", "Failed requests to WSUS's site can't be shown beside a failed sync. Turn on logging for the site in IIS Manager, in W3C format.");
    }

    private async Task<ProbeOutcome> ReadCountersAsync(CancellationToken cancellationToken)
    {
        if (!access.IsInstalled())
        {
            return ProbeOutcome.NotInstalled(NoRole);
        }

        var counts = await queues.QueryAsync(cancellationToken);
        return counts.Count == 0
            ? ProbeOutcome.Attention("no queue counters", "Queue length and rejected requests stay unknown. \"lodctr /R\" rebuilds the counters; an idle IIS without workers has none.")
            : ProbeOutcome.Works(string.Create(CultureInfo.InvariantCulture, $"{Wording.Count(counts.Count, "queue", "queues")}; {counts.Values.Sum(count => count.Queued ?? 0)} requests waiting"), counts);
    }

    private ProbeOutcome FindReset()
    {
        if (!access.IsInstalled())
        {
            return ProbeOutcome.NotInstalled(NoRole);
        }

        return processes.Find(AllowedProgram.IisReset) is { } path
            ? ProbeOutcome.Works($"{path} (not run)")
            : ProbeOutcome.Attention("iisreset.exe isn't in the system folder", "Repairs that reset IIS will fail at that step: repair this server's web server role.");
    }
}
