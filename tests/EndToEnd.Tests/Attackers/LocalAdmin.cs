using System.Text;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using WsusDashboard.Agent.Security.Local;
using WsusDashboard.Shared.Baselines;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>Whoever administers a server, on that server: what is asked here must be answered whatever comes over the network.</summary>
/// <param name="dataDirectory">The agent's data folder.</param>
internal sealed class LocalAdmin(string dataDirectory)
{
    private const string Program = "WsusDashboard.Agent";
    private const int AllEntries = 100_000;

    private string EventLogPath => Path.Combine(Path.GetDirectoryName(dataDirectory)!, "application-log.jsonl");

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Opens a pairing code.</summary>
    public Task<string> OpenPairingAsync() => WithTrustAsync(async (client, options) => (await client.OpenPairingAsync(new(), options)).Code);

    /// <summary>Whom the agent trusts, over a connection of its own: somebody who has just signed in there.</summary>
    public Task<Wire.TrustState> ReadTrustAsync() => WithTrustAsync(async (client, options) => await client.GetTrustAsync(new(), options));

    /// <summary>Names of the hubs whose commands wait for an approval.</summary>
    public Task<IReadOnlyList<string>> ReadWaitingHubsAsync() => WithTrustAsync<IReadOnlyList<string>>(async (client, options) =>
        [.. (await client.ListApprovalsAsync(new(), options)).Approvals.Select(approval => approval.HubName)]);

    /// <summary>Begins a repair; the value is its id.</summary>
    public Task<string> BeginRepairAsync(string playbook) => WithAgentAsync(async (client, options) =>
    {
        var plan = await client.PlanRepairAsync(new() { Playbook = playbook, Baseline = BaselineCatalog.GuideId }, options);
        Assert.Equal("", plan.Refusal);
        return (await client.StartRepairAsync(new() { Playbook = playbook, Baseline = BaselineCatalog.GuideId, Fingerprint = plan.Fingerprint, Context = new() { Person = "admin" } }, options)).Id;
    });

    /// <summary>The repair once it has ended.</summary>
    public Task<Wire.Repair> EndOfRepairAsync(string id) => Eventually.Async(
        () => WithAgentAsync(async (client, options) => await client.GetRepairAsync(new() { Id = id }, options)),
        run => run.State is not (Wire.RepairState.Running or Wire.RepairState.WaitingForApproval or Wire.RepairState.Unknown));

    public Task ControlPoolAsync(string verb) => WithAgentAsync(async (client, options) =>
        await client.ControlPoolAsync(new() { Name = "WsusPool", Verb = verb, Context = new() { Person = "admin" } }, options));

    /// <summary>The command line, as a process of its own.</summary>
    public Task<(int ExitCode, string Output)> RunAsync(params string[] command) => ChildProcess.RunProductAsync(Program, [.. command, "--data", dataDirectory]);

    /// <summary>Tickets that stand in the agent's audit as carried out.</summary>
    public async Task<IReadOnlySet<string>> ReadDoneTicketsAsync()
    {
        var (exitCode, output) = await RunAsync("audit", "--json", "--lines", FormattableString.Invariant($"{AllEntries}"));
        Assert.True(exitCode == 0, output);
        return JsonSerializer.Deserialize<JsonElement>(output).EnumerateArray()
            .Where(entry => entry.Text("outcome") == "done")
            .Select(entry => entry.Text("ticket"))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Tickets of commands that the server's event log has as carried out. A line that is being written has no end yet.</summary>
    public IReadOnlySet<string> ReadLoggedTickets() => new[] { EventLogPath + ".old", EventLogPath }.Where(File.Exists)
        .SelectMany(path => File.ReadAllText(path).Split('\n')[..^1])
        .Select(line => JsonSerializer.Deserialize<JsonElement>(line).Text("Text").Split('\n', 2)[1])
        .Select(entry => JsonSerializer.Deserialize<JsonElement>(entry))
        .Where(entry => entry.Text("outcome") == "done")
        .Select(entry => entry.Text("ticket"))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Each command that the agent said it carried out stands in its audit and in the server's event log, and the audit is whole.</summary>
    public async Task AssertAuditedAsync(IReadOnlyCollection<string> tickets)
    {
        var done = await ReadDoneTicketsAsync();
        Assert.DoesNotContain(tickets, ticket => !done.Contains(ticket));
        await Eventually.TrueAsync(() => ReadLoggedTickets().IsSupersetOf(tickets));
        var (exitCode, output) = await RunAsync("audit", "--verify");
        Assert.True(exitCode == 0, output);
    }

    /// <summary>How many commands' keys the agent keeps, and the bytes in their rows.</summary>
    public async Task<(long Keys, long Bytes)> ReadKeysAsync()
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(dataDirectory, "agent.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        List<string> columns = [];
        await using (var names = new Microsoft.Data.Sqlite.SqliteCommand("SELECT name FROM pragma_table_info('command_key')", connection))
        await using (var reader = await names.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                columns.Add(reader.GetString(0));
            }
        }

#pragma warning disable CA2100 // The names of the table's own columns.
        await using var sum = new Microsoft.Data.Sqlite.SqliteCommand($"SELECT count(*), sum({string.Join(" + ", columns.Select(column => $"coalesce(length(\"{column}\"), 0)"))}) FROM command_key", connection);
#pragma warning restore CA2100
        await using var row = await sum.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        await row.ReadAsync(TestContext.Current.CancellationToken);
        return (row.GetInt64(0), row.GetInt64(1));
    }

    /// <summary>What the agent's files of this kind take, in bytes.</summary>
    public long CountBytes(string pattern) => Directory.EnumerateFiles(dataDirectory, pattern).Sum(file => new FileInfo(file).Length);

    public void WritePolicy(string text) => File.WriteAllText(PolicyPath, text);

    /// <summary>As an editor saves it: emptied, then written, and left as it is where the agent reads it at that moment.</summary>
    public void SavePolicyInPlace(string text)
    {
        try
        {
            using var stream = new FileStream(PolicyPath, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1);
            foreach (var character in Encoding.ASCII.GetBytes(text))
            {
                stream.WriteByte(character);
            }
        }
        catch (IOException)
        {
            // Some systems don't share a file that is being read.
        }
    }

    public void DeletePolicy() => File.Delete(PolicyPath);

    private string PolicyPath => Path.Combine(dataDirectory, "policy.json");

    private Task<T> WithTrustAsync<T>(Func<Wire.LocalTrust.LocalTrustClient, CallOptions, Task<T>> ask) => WithChannelAsync((channel, options) => ask(new(channel), options));

    private Task<T> WithAgentAsync<T>(Func<Wire.Agent.AgentClient, CallOptions, Task<T>> ask) => WithChannelAsync((channel, options) => ask(new(channel), options));

    private async Task<T> WithChannelAsync<T>(Func<GrpcChannel, CallOptions, Task<T>> ask)
    {
        using var channel = GrpcChannel.ForAddress(LocalChannel.Address, new() { HttpHandler = LocalChannel.CreateHandler(dataDirectory), DisposeHttpClient = true });
        return await ask(channel, new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime + AnswerLimit, cancellationToken: Token));
    }
}
