using System.Globalization;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>Somebody has the key of a paired hub. What the policy allows happens, at the policy's pace and visibly; everything else does not.</summary>
[Collection(AttackCollection.Name)]
public sealed class StolenHubTests(AttackFixture attacked)
{
    /// <summary>A key with the answer that a repeated command gets again.</summary>
    private const long LargestKeyBytes = 4 * 1024;

    /// <summary>As the agent says of itself in its security page.</summary>
    private const long MostKeysOfAHub = 2_000;

    private const int Seed = 12;
    private const int PoolCommandsAnHour = 6;
    private const long KilobyteBytes = 1024;

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RefusedCommands_ThousandsOfThem_LeaveWhatWasCarriedOutInTheAudit()
    {
        var server = attacked[0];
        using var thief = await server.RobAsync();
        await thief.RecycleAsync(thief.Hub.ConnectAgent(), Token);
        var before = server.Admin.CountBytes("audit*");

        var counts = await thief.RefusedCommands.RunAsync(Short, Seed, Token);

        Tell(thief.RefusedCommands, counts);
        Assert.Equal(0, counts[AttackCounts.Taken]);
        Assert.InRange(counts.All, 100, long.MaxValue);
        Assert.InRange(server.Admin.CountBytes("audit*") - before, 0, 64 * KilobyteBytes);
        await server.Admin.AssertAuditedAsync(thief.Hub.CarriedOut);
    }

    [Fact]
    public async Task HostileReasons_OfEveryKind_AreRefusedAndNoCommandLinePrintsThem()
    {
        var server = attacked[7];
        using var thief = await server.RobAsync();

        var counts = await thief.HostileReasons.RunAsync(Short, Seed, Token);

        Tell(thief.HostileReasons, counts);
        Assert.Equal(0, counts[AttackCounts.Taken]);
        Assert.InRange(counts.All, 20, long.MaxValue);
        foreach (var (_, output) in await Task.WhenAll(server.Admin.RunAsync("approvals"), server.Admin.RunAsync("audit"), server.Admin.RunAsync("hubs")))
        {
            Assert.DoesNotContain(output, IsHostile);
        }
    }

    [Fact]
    public async Task WiderThanThePolicy_VerbsOfTheDeskAndNamesOnNoList_AreRefused()
    {
        var server = attacked[7];
        using var thief = await server.RobAsync("wider");

        var counts = await thief.WiderThanThePolicy.RunAsync(Short, Seed, Token);

        Tell(thief.WiderThanThePolicy, counts);
        Assert.Equal(0, counts[AttackCounts.Taken]);
        Assert.InRange(counts.All, 20, long.MaxValue);
        Assert.Contains((await server.Admin.ReadTrustAsync()).Hubs, known => known.Id == thief.Hub.Id);
    }

    [Fact]
    public async Task Policy_DeletedOrBeingSaved_AllowsNothing()
    {
        var server = attacked[8];
        using var thief = await server.RobAsync();
        var client = thief.Hub.ConnectAgent();
        server.Admin.WritePolicy("""{ "mode": "apply-settings" }""");
        await thief.RecycleAsync(client, Token);
        Assert.Single(thief.Hub.CarriedOut);

        server.Admin.DeletePolicy();
        var deleted = await thief.Recycles.RunAsync(Short, Seed, Token);
        Assert.Equal(Wire.PolicyMode.MonitorOnly, (await client.GetInfoAsync(new(), StolenHub.Options(Token))).Policy.Mode);
        var attacking = thief.Recycles.RunAsync(Short, Seed, Token);
        while (!attacking.IsCompleted)
        {
            server.Admin.SavePolicyInPlace("""{ "mode": "monitor-only" }""");
            await Task.Yield();
        }

        var saved = await attacking;
        Tell(thief.Recycles, deleted);
        Tell(thief.Recycles, saved);
        Assert.Equal((0, 0), (deleted[AttackCounts.Taken], saved[AttackCounts.Taken]));
        Assert.InRange(saved.All, 10, long.MaxValue);
        await server.Admin.AssertAuditedAsync(thief.Hub.CarriedOut);
    }

    [Fact]
    public async Task Recycles_AsFastAsTheyGo_ComeAtThePaceOfThePolicyAndEachIsAudited()
    {
        var server = attacked[3];
        using var thief = await server.RobAsync();

        var counts = await thief.Recycles.RunAsync(Short, Seed, Token);

        Tell(thief.Recycles, counts);
        Assert.InRange(thief.Hub.CarriedOut.Count, 1, PoolCommandsAnHour);
        await server.Admin.AssertAuditedAsync(thief.Hub.CarriedOut);
    }

    [Fact]
    public async Task StreamsAndConnections_ThatNobodyReads_CostTheServerLittleAndTheDeskNothing()
    {
        var server = attacked[4];
        using var thief = await server.RobAsync();
        await using var vigil = await attacked.WatchAsync(server);

        foreach (var attack in new[] { thief.UnreadLogs, thief.UnreadWatches, thief.Connections })
        {
            Tell(attack, await attack.RunAsync(Short, Seed, Token));
        }

        await vigil.EndAsync(AttackedAgents.GrowthLimitBytes);
    }

    [Fact]
    public async Task LocalRepair_WhileAHubCancelsAndStartsItsOwn_GoesOnToItsEnd()
    {
        var server = attacked[1];
        using var thief = await server.RobAsync();
        var client = thief.Hub.ConnectAgent();
        var id = await server.Admin.BeginRepairAsync(PlaybookCatalog.PoolOnlyId);

        var refused = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await client.CancelRepairAsync(new() { Id = id, Context = thief.Hub.Context() }, StolenHub.Options(Token)));
        Tell(thief.StartsAndCancels, await thief.StartsAndCancels.RunAsync(Short, Seed, Token));

        Assert.NotEqual(Grpc.Core.StatusCode.Unavailable, refused.StatusCode);
        var ended = await server.Admin.EndOfRepairAsync(id);
        Assert.False(ended.CancelRequested);
        Assert.NotEqual(Wire.RepairState.Cancelled, ended.State);
        await server.Admin.AssertAuditedAsync(thief.Hub.CarriedOut);
    }

    [Fact]
    public async Task Approvals_OneHubAsksForAllThereIs_AnotherStillFindsAPlace()
    {
        var server = attacked[2];
        server.Admin.WritePolicy("""{ "mode": "apply-settings", "needsLocalApproval": true }""");
        using var first = await server.RobAsync("greedy");
        using var second = await server.RobAsync("patient");
        var client = first.Hub.ConnectAgent();
        foreach (var (name, verb) in ServiceNames.Watched.SelectMany(name => new[] { "start", "stop", "restart" }.Select(verb => (name, verb))))
        {
            await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await client.ControlServiceAsync(new() { Name = name, Verb = verb, Context = first.Hub.Context() }, StolenHub.Options(Token)));
        }

        await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => second.RecycleAsync(second.Hub.ConnectAgent(), Token));

        var waiting = await server.Admin.ReadWaitingHubsAsync();
        Assert.Contains(second.Hub.Name, waiting);
        Assert.InRange(waiting.Count(name => name == first.Hub.Name), 1, ServiceNames.Watched.Count * 3);
    }

    [Fact]
    public async Task StartsAndCancels_AsFastAsTheyGo_LeaveAShortJournal()
    {
        var server = attacked[5];
        using var thief = await server.RobAsync();
        var before = server.Admin.CountBytes("agent.db");
        await using var vigil = await attacked.WatchAsync(server);

        Tell(thief.StartsAndCancels, await thief.StartsAndCancels.RunAsync(Short, Seed, Token));
        Tell(thief.KeysWithoutEnd, await thief.KeysWithoutEnd.RunAsync(Short, Seed, Token));

        // What is kept is counted, not timed: at most 2,000 keys of a hub, each with its answer, and as many runs as the pace and the places for approvals let begin. How many keys come in the time is the machine's
        // matter (1,400 on a fast one), so they are weighed by themselves; beside them the agent's own samples come in while it runs. SQLite's write-ahead log is no part of it.
        var (keys, keyBytes) = await server.Admin.ReadKeysAsync();
        var grown = server.Admin.CountBytes("agent.db") - before;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"agent.db: {before / KilobyteBytes} KB before, {grown / KilobyteBytes} KB more, {keys} keys of {keyBytes / KilobyteBytes} KB among them"));
        Assert.InRange(keys, 1, MostKeysOfAHub);
        Assert.InRange(keyBytes, 1, keys * LargestKeyBytes);
        Assert.InRange(grown - keyBytes, long.MinValue, 4 * 1024 * KilobyteBytes);
        await vigil.EndAsync(AttackedAgents.GrowthLimitBytes);
        await server.Admin.AssertAuditedAsync(thief.Hub.CarriedOut);
    }

    private static void Tell(Attack attack, AttackCounts counts) => TestContext.Current.TestOutputHelper?.WriteLine($"{attack.Name}: {counts}");

    /// <summary>What moves a cursor, hides, or turns the order of letters around; the ends of lines are the command line's own.</summary>
    private static bool IsHostile(char character) =>
        (char.IsControl(character) && character is not ('\n' or '\r'))
        || CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
