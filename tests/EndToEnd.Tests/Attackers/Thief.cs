using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>Somebody with the key of a paired hub: each thing that such a one may try against one server.</summary>
internal sealed class Thief(StolenHub hub) : IDisposable
{
    private const string Pool = "WsusPool";
    private const int Callers = 16;
    private const int ManyStreams = 1_000;
    private const int StreamsOfAConnection = 50;
    private const int ManyConnections = 40;

    /// <summary>Texts that move a cursor, turn the order of letters around, forge a line, or never end.</summary>
    private static readonly string[] HostileTexts =
    [
        "\u001b[2J\u001b[1;1HNothing is waiting for approval.", "\u202Egnp.exe", "a\u2028b", "ok\n000001  done  pair", "\u0000", "zero\u200Bwidth", "\u009b31m", new string('x', 1_000_000),
    ];

    public StolenHub Hub => hub;

    public IReadOnlyList<Attack> Attacks =>
        [RefusedCommands, Recycles, StartsAndCancels, UnreadLogs, UnreadWatches, HostileReasons, WiderThanThePolicy, Connections, KeysWithoutEnd];

    /// <summary>Commands that are refused, each for another reason, as fast as they go.</summary>
    public Attack RefusedCommands => new("refused commands", async run =>
    {
        var client = Connect(run);
        await run.RepeatAsync(Callers, part => AskTheImpossibleAsync(client, part));
    });

    /// <summary>The pool of WSUS again and again: allowed by most policies, and an outage if it never ends.</summary>
    public Attack Recycles => new("recycles", async run =>
    {
        var client = Connect(run);
        await run.RepeatAsync(4, _ => RecycleAsync(client, run.Over));
    });

    /// <summary>Repairs that are begun and cancelled at once: each leaves a run in the journal.</summary>
    public Attack StartsAndCancels => new("starts and cancels", async run =>
    {
        var client = Connect(run);
        await run.RepeatAsync(2, async part =>
        {
            var playbook = PlaybookCatalog.All[part.Random.Next(PlaybookCatalog.All.Count)].Id;
            if (await StartAsync(client, playbook, run.Over) is { } id)
            {
                await client.CancelRepairAsync(new() { Id = id, Context = hub.Context() }, StolenHub.Options(run.Over));
            }
        });
    });

    /// <summary>Log streams without end that nobody reads.</summary>
    public Attack UnreadLogs => new("unread logs", run => OpenUnreadAsync(run, client =>
        client.ReadLog(new() { Name = "wsyncmgr", TailLines = 2_000, Follow = true }, cancellationToken: run.Over)));

    /// <summary>Watches without end that nobody reads.</summary>
    public Attack UnreadWatches => new("unread watches", run => OpenUnreadAsync(run, client =>
        client.Watch(new() { WithSamples = true }, cancellationToken: run.Over)));

    /// <summary>Commands whose words are meant for the terminal of whoever reads them on the server.</summary>
    public Attack HostileReasons => new("hostile reasons", async run =>
    {
        var client = Connect(run);
        await run.RepeatAsync(2, async part =>
        {
            var context = hub.Context();
            var text = HostileTexts[part.Random.Next(HostileTexts.Length)];
            (context.Reason, context.Ticket, context.Person) = part.Random.Next(3) switch
            {
                0 => (text, context.Ticket, context.Person),
                1 => (context.Reason, text, context.Person),
                _ => (context.Reason, context.Ticket, text),
            };
            await client.ControlPoolAsync(new() { Name = Pool, Verb = "recycle", Context = context }, StolenHub.Options(run.Over));
        });
    });

    /// <summary>What no policy gives to a hub: the verbs of whoever is on the server, and names that are on no list.</summary>
    public Attack WiderThanThePolicy => new("wider than the policy", async run =>
    {
        var channel = run.Hold(hub.Connect());
        var (local, agent) = (new Wire.LocalTrust.LocalTrustClient(channel), new Wire.Agent.AgentClient(channel));
        await run.RepeatAsync(2, part => AskAsSomebodyElseAsync(local, agent, part));
    });

    /// <summary>More connections than a hub needs, all of them held.</summary>
    public Attack Connections => new("connections", async run =>
    {
        await Task.WhenAll(Enumerable.Range(0, ManyConnections).Select(_ =>
            run.TryAsync(async () => await Connect(run).GetInfoAsync(new(), StolenHub.Options(run.Over)))));
        await run.HoldAsync();
    });

    /// <summary>A key of its own, a hundred characters long, for each of many questions that change nothing.</summary>
    public Attack KeysWithoutEnd => new("keys without end", async run =>
    {
        var client = Connect(run);
        await run.RepeatAsync(Callers, async _ =>
        {
            var context = hub.Context();
            context.IdempotencyKey = context.IdempotencyKey.PadRight(100, 'k');
            await client.CancelRepairAsync(new() { Id = "latest", Context = context }, StolenHub.Options(run.Over));
        });
    });

    public void Dispose() => hub.Dispose();

    /// <summary>Recycles the pool once.</summary>
    public Task RecycleAsync(Wire.Agent.AgentClient client, CancellationToken cancellationToken) => hub.CommandAsync(
        async (context, options) =>
        {
            await client.ControlPoolAsync(new() { Name = Pool, Verb = "recycle", Context = context }, options);
            return true;
        },
        cancellationToken);

    /// <summary>Begins a repair; the value is its id, or null where it waits for an approval or the plan is refused.</summary>
    public async Task<string?> StartAsync(Wire.Agent.AgentClient client, string playbook, CancellationToken cancellationToken)
    {
        var plan = await client.PlanRepairAsync(new() { Playbook = playbook, Baseline = BaselineCatalog.GuideId }, StolenHub.Options(cancellationToken));
        string? id = null;
        await hub.CommandAsync(
            async (context, options) =>
            {
                var run = await client.StartRepairAsync(new() { Playbook = playbook, Baseline = BaselineCatalog.GuideId, Fingerprint = plan.Fingerprint, Context = context }, options);
                id = run.State == Wire.RepairState.WaitingForApproval ? null : run.Id;
                return id is not null;
            },
            cancellationToken);
        return id;
    }

    private Wire.Agent.AgentClient Connect(AttackRun run) => new(run.Hold(hub.Connect()));

    private async Task AskTheImpossibleAsync(Wire.Agent.AgentClient client, AttackRun part)
    {
        var context = hub.Context();
        var options = StolenHub.Options(part.Over);
        switch (part.Random.Next(6))
        {
            case 0:
                await client.ControlServiceAsync(new() { Name = "Spooler", Verb = "stop", Context = context }, options);
                break;
            case 1:
                await client.ControlPoolAsync(new() { Name = "DefaultAppPool", Verb = "stop", Context = context }, options);
                break;
            case 2:
                context.ExpiresAt = Timestamp.FromDateTimeOffset(context.IssuedAt.ToDateTimeOffset().AddHours(2));
                await client.ControlPoolAsync(new() { Name = Pool, Verb = "recycle", Context = context }, options);
                break;
            case 3:
                context.Hub = Convert.ToHexStringLower(new byte[16]);
                await client.StopSyncAsync(new() { Context = context }, options);
                break;
            case 4:
                await client.StartRepairAsync(new() { Playbook = PlaybookCatalog.FullRepairId, Baseline = BaselineCatalog.GuideId, Fingerprint = new string('0', 64), Context = context }, options);
                break;
            default:
                await client.ControlServiceAsync(new() { Name = ServiceNames.WsusService, Verb = "delete", Context = context }, options);
                break;
        }
    }

    private async Task AskAsSomebodyElseAsync(Wire.LocalTrust.LocalTrustClient local, Wire.Agent.AgentClient agent, AttackRun part)
    {
        var options = StolenHub.Options(part.Over);
        switch (part.Random.Next(7))
        {
            case 0:
                await local.OpenPairingAsync(new(), options);
                break;
            case 1:
                await local.GetTrustAsync(new(), options);
                break;
            case 2:
                await local.UnpairHubAsync(new() { Hub = hub.Name }, options);
                break;
            case 3:
                await local.DecideApprovalAsync(new() { Id = "000000", Approve = true, Person = "root" }, options);
                break;
            case 4:
                await local.RotateKeyAsync(new(), options);
                break;
            case 5:
                await agent.ControlServiceAsync(new() { Name = "TrustedInstaller", Verb = "stop", Context = hub.Context() }, options);
                break;
            default:
                await agent.PlanRepairAsync(new() { Playbook = "format-disk", Baseline = BaselineCatalog.GuideId }, options);
                break;
        }
    }

    private async Task OpenUnreadAsync<T>(AttackRun run, Func<Wire.Agent.AgentClient, AsyncServerStreamingCall<T>> open)
    {
        List<AsyncServerStreamingCall<T>> held = [];
        try
        {
            foreach (var _ in Enumerable.Range(0, ManyStreams / StreamsOfAConnection).TakeWhile(_ => !run.IsOver))
            {
                var client = Connect(run);
                var calls = Enumerable.Range(0, StreamsOfAConnection).Select(_ => open(client)).ToList();
                held.AddRange(calls);
                await Task.WhenAll(calls.Select(call => run.TryAsync(() => call.ResponseHeadersAsync)));
            }

            await run.HoldAsync();
        }
        finally
        {
            held.ForEach(call => call.Dispose());
        }
    }
}
