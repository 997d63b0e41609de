using System.Globalization;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>IIS: its configuration, the pool of WSUS, counters, iisreset.</summary>
internal sealed class IisProbes(IisAccess access, IisReader reader, QueueCounters queues, IRegistry registry, IProcessRunner processes)
{
    private const string NoRole = "The web server role (IIS) isn't installed on this server.";
    private const string SetupKey = @"SOFTWARE\Microsoft\InetStp";

    public IEnumerable<Probe> All() =>
    [
        new(ProbeAreas.Iis, "version", _ => Task.FromResult(ReadVersion())),
        new(ProbeAreas.Iis, "configuration and pools", ReadPoolsAsync) { Limit = TimeSpan.FromSeconds(30) },
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
