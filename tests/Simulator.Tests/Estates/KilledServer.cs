using System.Globalization;
using System.Text.Json;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>One server whose agent is killed in its repairs and undos, beside the model of what must be true of it.</summary>
/// <param name="real">The dashboard that watches it, and its estate.</param>
/// <param name="index">Which of the estate's.</param>
/// <param name="count">What all servers of a test count together.</param>
internal sealed class KilledServer(RealDashboard real, int index, KillCount count) : IDisposable
{
    private const int MostKillsOfOneRun = 4;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(60);

    /// <summary>Two steps wait five minutes for a WSUS that does not answer.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(15);

    private readonly Random _random = new(4711 + index);
    private readonly ServerApi _server = new(real.Estate.Servers[index]);
    private ExpectedServer? _expected;
    private int _asked;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ExpectedServer Expected => _expected ?? throw new InvalidOperationException("It has not run.");

    /// <summary>Repairs, and undoes at random, until enough was killed; after each the server is compared with the model.</summary>
    /// <param name="playbooks">Ids of those to choose from.</param>
    public async Task RunAsync(IReadOnlyList<string> playbooks)
    {
        _expected = new(await ReadSinceAsync(DateTimeOffset.MinValue));
        do
        {
            var (playbook, includeRisky, ticket) = (playbooks[_random.Next(playbooks.Count)], _random.Next(2) == 0, NextTicket());
            if (await AskAsync(async () => await _server.PlanAsync(playbook, includeRisky) is { Refusal: "" } plan ? await _server.BeginAsync(plan, ticket) : null) is not { } id)
            {
                continue;
            }

            var run = await FollowAsync(ticket, id);
            count.Add(run);
            if (run.CanUndo && _random.Next(2) == 0)
            {
                var undoTicket = NextTicket();
                var undo = await FollowAsync(undoTicket, await AskAsync(() => _server.UndoAsync(run.Id, undoTicket)));
                count.Add(undo);
                Assert.True(undo.State == RepairState.Succeeded, Describe(undo));
            }
        }
        while (!count.IsEnough);
    }

    /// <summary>Journal, audit and dashboard say of each repair what the model says, and nothing was lost, doubled or changed by the kills that came after it.</summary>
    public async Task AssertToldAsync()
    {
        foreach (var run in Expected.Ended)
        {
            Assert.Equal(Facts(run), Facts(await AskAsync(() => _server.FindAsync(run.Id))));
            await Eventually.Async(() => real.ReadAsync($"/api/v1/repairs/{run.Id}"), answer => IsTold(answer.GetProperty("repair"), run), what: $"the dashboard tells {Describe(run)}");
        }

        var done = ReadAudit().Where(entry => entry.Outcome == "done").GroupBy(entry => entry.Ticket, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        Assert.All(Expected.Tickets, ticket => Assert.Equal((ticket, 1), (ticket, done.GetValueOrDefault(ticket))));
        Assert.Null(AuditVerification.Run(real.AgentData(index)).Problem);
        await Eventually.Async(ReadShownSettingsAsync, shown => shown.Count > 0 && shown.All(setting => Expected.Settings[setting.Key] == setting.Value), what: "the dashboard shows the settings that are in force");
    }

    public void Dispose() => _server.Dispose();

    private async Task<Repair> FollowAsync(string ticket, string id)
    {
        Expected.Ask(ticket);
        var kills = 0;
        while (kills < MostKillsOfOneRun && !count.IsEnough && await KillInAStepAsync(id))
        {
            kills++;
        }

        var run = await Eventually.Async(() => AskAsync(() => _server.FindAsync(id)), found => found.IsFinal, LongestRun);
        Expected.End(run);
        Assert.True(run.Steps.All(step => step.State is not (StepState.Running or StepState.Waiting)), Describe(run));
        Assert.True(run.State is not RepairState.Succeeded || run.Steps.All(step => step.State is StepState.Done or StepState.Skipped), Describe(run));
        Assert.Equal(Enumerable.Range(1, run.Steps.Count), run.Steps.Select(step => step.Number));
        var actual = ExpectedServer.Read(await ReadSinceAsync(run.EndedAt!.Value));
        Assert.All(Expected.Settings, setting => Assert.True(actual[setting.Key] == setting.Value, $"{setting.Key} is {actual[setting.Key]}, not {setting.Value}, after {Describe(run)}"));
        return run;
    }

    /// <summary>
    /// Kills the agent as soon as one of the steps to come has begun, or a moment later. Each is as likely as any other: by the clock a kill would
    /// fall into the few that take seconds, and those that take milliseconds are where something could be half done.
    /// </summary>
    /// <returns>False where the repair ended before.</returns>
    private async Task<bool> KillInAStepAsync(string id)
    {
        var run = await AskAsync(() => _server.FindAsync(id));
        var coming = run.Steps.Where(step => step.State is StepState.Waiting or StepState.Running).Select(step => step.Number).ToList();
        if (run.IsFinal || coming.Count == 0)
        {
            return false;
        }

        var step = coming[_random.Next(coming.Count)];
        while (!run.IsFinal && run.Steps.First(candidate => candidate.Number == step).State == StepState.Waiting)
        {
            await Task.Delay(Look, TimeProvider.System, Token);
            run = await AskAsync(() => _server.FindAsync(id));
        }

        if (run.IsFinal)
        {
            return false;
        }

        await Task.Delay(_random.Next(2) * LongestDelay * _random.NextDouble(), TimeProvider.System, Token);
        await real.Estate.KillAgentAsync(index);
        await real.Estate.StartAgentAsync(index, Token);
        count.AddKill();
        return true;
    }

    private Task<Snapshot> ReadSinceAsync(DateTimeOffset at) => Eventually.Async(
        () => AskAsync(_server.SnapshotAsync),
        snapshot => snapshot is { Iis: { Status: SectionStatus.Ok, Value.WsusPool: not null, ReadAt: { } pools }, Services: { Status: SectionStatus.Ok, ReadAt: { } services } } && pools >= at && services >= at);

    /// <summary>An agent that has just been started is not there at once.</summary>
    private static Task<T> AskAsync<T>(Func<Task<T>> ask) => Eventually.Async(ask, _ => true);

    private string NextTicket() => string.Create(CultureInfo.InvariantCulture, $"T-{index}-{++_asked}");

    private IEnumerable<(string Ticket, string Outcome)> ReadAudit() => Directory.EnumerateFiles(real.AgentData(index), "audit*.jsonl")
        .SelectMany(File.ReadLines)
        .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
        .Select(entry => (entry.GetProperty("ticket").GetString()!, entry.GetProperty("outcome").GetString()!));

    private async Task<IReadOnlyDictionary<string, string>> ReadShownSettingsAsync()
    {
        var name = Uri.EscapeDataString(real.Estate.Servers[index].Name);
        var listed = (await real.ReadAsync($"/api/v1/servers?search={name}")).GetProperty("items")[0].GetProperty("id").GetInt32();
        var server = await real.ReadAsync($"/api/v1/servers/{listed}");
        return server.GetProperty("settings").EnumerateArray().ToDictionary(setting => setting.GetProperty("setting").GetString()!, setting => setting.GetProperty("current").GetString()!, StringComparer.Ordinal);
    }

    /// <summary>What must never change again once a repair has ended.</summary>
    private static string Facts(Repair run) =>
        $"{run.Id} {run.State} {run.EndedAt:O} can undo {run.CanUndo}, undone by \"{run.UndoneBy}\": {string.Join(", ", run.Steps.Select(step => $"{step.Number} {step.Kind} {step.State} {step.Attempts} {step.EndedAt:O}"))}";

    private static bool IsTold(JsonElement told, Repair run) =>
        IsNamed(told, "state", run.State)
        && told.GetProperty("canUndo").GetBoolean() == run.CanUndo
        && told.GetProperty("steps").EnumerateArray().Zip(run.Steps).All(step => step.First.GetProperty("number").GetInt32() == step.Second.Number && IsNamed(step.First, "state", step.Second.State))
        && told.GetProperty("steps").GetArrayLength() == run.Steps.Count;

    private static bool IsNamed<T>(JsonElement element, string property, T value)
        where T : struct, Enum => string.Equals(element.GetProperty(property).GetString(), value.ToString(), StringComparison.OrdinalIgnoreCase);

    private static string Describe(Repair run) =>
        $"{run.Playbook} {run.State}: {string.Join(", ", run.Steps.Select(step => $"{step.Kind} {step.State} ({step.Attempts}) {(step.State == StepState.Failed ? step.Message : "")}"))}";
}

/// <summary>What the servers of one test count together. Safe for use from several threads.</summary>
/// <param name="wanted">Kills.</param>
internal sealed class KillCount(int wanted)
{
    private int _kills;
    private int _repairs;
    private int _rollbacks;
    private int _undos;

    public int Kills => _kills;

    public int Rollbacks => _rollbacks;

    public bool IsEnough => Volatile.Read(ref _kills) >= wanted;

    public void AddKill() => Interlocked.Increment(ref _kills);

    public void Add(Repair run)
    {
        Interlocked.Add(ref _undos, run.UndoOf.Length > 0 ? 1 : 0);
        Interlocked.Add(ref _repairs, run.UndoOf.Length > 0 ? 0 : 1);
        Interlocked.Add(ref _rollbacks, run.State == RepairState.RolledBack ? 1 : 0);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_kills} kills, {_repairs} repairs, {_rollbacks} rolled back, {_undos} undone");
}
