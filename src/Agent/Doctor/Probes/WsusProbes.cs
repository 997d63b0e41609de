using System.Globalization;
using WsusDashboard.Agent.Doctor.Probes.Connections;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>WSUS: what the registry says, the certificate of its port, its administration service.</summary>
internal sealed class WsusProbes(WsusRegistry wsus, IRegistry registry, WsusClient client, ISusdb susdb, AgentEdges edges, AgentOptions options, TimeProvider timeProvider)
{
    private const string NoRole = "WSUS isn't installed on this server.";

    /// <summary>What is kept of the history for a report; the agent itself reads more.</summary>
    private static readonly TimeSpan HistoryLength = TimeSpan.FromDays(7);

    /// <summary>A large catalogue takes longer; then the examination goes on without it.</summary>
    private static readonly TimeSpan CountsLimit = TimeSpan.FromSeconds(55);

    /// <param name="countsUpdates">True also asks the one heavy question.</param>
    public IEnumerable<Probe> All(bool countsUpdates) =>
    [
        new(ProbeAreas.Wsus, "setup in the registry", _ => Task.FromResult(ReadSetup())),
        new(ProbeAreas.Wsus, "certificate of its port", ReadCertificateAsync) { Limit = CertificateReader.Limit + TimeSpan.FromSeconds(1) },
        new(ProbeAreas.Wsus, "administration service", ReadStateAsync) { Limit = TimeSpan.FromSeconds(25), Advise = Advise },
        new(ProbeAreas.Wsus, "history", ReadHistoryAsync) { Limit = TimeSpan.FromSeconds(25), Advise = Advise },
        .. countsUpdates ? [new Probe(ProbeAreas.Wsus, "counts", ReadCountsAsync) { Limit = CountsLimit, Advise = Advise }] : Array.Empty<Probe>(),
        new(ProbeAreas.Wsus, "database SUSDB", ReadDatabaseAsync) { Limit = TimeSpan.FromSeconds(20), Advise = AdviseOnDatabase },
    ];

    private ProbeOutcome ReadSetup()
    {
        if (wsus.FindAddress() is not { } address)
        {
            return ProbeOutcome.NotInstalled(NoRole);
        }

        var version = registry.Read(WsusRegistry.SetupKey, "VersionString") as string ?? "unknown version";
        return ProbeOutcome.Works($"{version} at {address.Service}", address);
    }

    private async Task<ProbeOutcome> ReadCertificateAsync(CancellationToken cancellationToken)
    {
        if (wsus.FindAddress() is not { } address)
        {
            return ProbeOutcome.NotInstalled(NoRole);
        }

        if (!address.UsesTls)
        {
            return ProbeOutcome.Works("not needed: the registry says WSUS uses plain HTTP");
        }

        var certificate = await CertificateReader.ReadAsync(address.Service.Host, address.Port, edges.TrustedRoots, cancellationToken);
        return certificate.Judge(timeProvider.GetUtcNow());
    }

    private async Task<ProbeOutcome> ReadStateAsync(CancellationToken cancellationToken)
    {
        var state = await client.ReadStateAsync(cancellationToken);
        var setup = await client.ReadSetupAsync(cancellationToken);
        var kind = setup.IsReplica ? "replica of " : "from ";
        return ProbeOutcome.Works($"version {setup.Version}, sync {state.State}, {kind}{setup.Source}", new { state, setup });
    }

    private async Task<ProbeOutcome> ReadHistoryAsync(CancellationToken cancellationToken)
    {
        var runs = await client.ReadHistoryAsync(timeProvider.GetUtcNow() - HistoryLength, cancellationToken);
        var newest = runs.Count == 0 ? "" : $"; the newest, {runs[^1].Result}, started {Wording.Time(runs[^1].StartedAt)}";
        return ProbeOutcome.Works(string.Create(CultureInfo.InvariantCulture, $"{Wording.Count(runs.Count, "sync", "syncs")} in {HistoryLength.TotalDays:0} days{newest}"), runs);
    }

    private async Task<ProbeOutcome> ReadCountsAsync(CancellationToken cancellationToken)
    {
        var counts = await client.ReadCountsAsync(cancellationToken);
        return ProbeOutcome.Works($"{Wording.Number(counts.Updates)} updates, {Wording.Number(counts.Declined)} of them declined; {Wording.Count(counts.Computers, "computer", "computers")}", counts);
    }

    /// <summary>Only read while WSUS itself does not answer, but then it is the only witness.</summary>
    private async Task<ProbeOutcome> ReadDatabaseAsync(CancellationToken cancellationToken)
    {
        if (wsus.FindAddress() is null)
        {
            return ProbeOutcome.NotInstalled(NoRole);
        }

        if (wsus.FindDatabase() is not { } database)
        {
            return ProbeOutcome.Attention(
                "the registry has no SqlServerName", "While WSUS itself doesn't answer, its history can't be read. Set Agent:SusdbServer to its SQL Server.");
        }

        var size = new SusdbSizeReader(wsus, susdb, timeProvider);
        await size.ReadAsync(cancellationToken);
        var sized = size.Last is { } known ? $", {Wording.Size(known.DataKilobytes)}, {known.Edition}" : size.Problem.Length > 0 ? $", size unknown: {size.Problem}" : "";
        var rows = await susdb.QueryAsync(database, SusdbStatement.History, timeProvider.GetUtcNow() - HistoryLength, cancellationToken);
        return ProbeOutcome.Works(
            string.Create(CultureInfo.InvariantCulture, $"{database.Database} on {database.Server}: {Wording.Count(rows.Count, "sync event", "sync events")} in {HistoryLength.TotalDays:0} days{sized}"), new { database, size.Last });
    }

    private static string? AdviseOnDatabase(ReadFailure failure) => failure == ReadFailure.AccessDenied
        ? "Give the agent's account a login on that SQL Server and the role PublicViewAccess in SUSDB, or run the agent as Local System if the database is WID. Everything else works without it while WSUS answers."
        : null;

    private string? Advise(ReadFailure failure) => failure switch
    {
        ReadFailure.Unavailable when options.WsusHost.Length > 0 => $"Agent:WsusHost is \"{options.WsusHost}\": check that name, WSUS's pool and the services W3SVC and WsusService.",
        ReadFailure.AccessDenied when FindHost() is { } host => LoopbackCheck.Advise(registry, host),
        _ => null,
    };

    private string? FindHost()
    {
        try
        {
            return wsus.FindAddress() is { } address ? (address.OtherService ?? address.Service).Host : null;
        }
        catch (EdgeException)
        {
            return null;
        }
    }
}
