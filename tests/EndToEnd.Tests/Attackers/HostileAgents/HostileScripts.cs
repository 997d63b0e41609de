using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.EndToEnd.Tests.Attackers.HostileAgents;

/// <summary>What a hostile agent says to whoever watches it.</summary>
/// <param name="Name">For figures.</param>
/// <param name="Speak">Says it; afterwards the stream is held open in silence.</param>
internal sealed record HostileScript(string Name, Func<HostileStream, Task> Speak);

/// <summary>One Watch of a dashboard, and what a hostile agent needs to fill it.</summary>
internal sealed class HostileStream(IServerStreamWriter<Wire.WatchMessage> writer, string agentId, Random random, AttackCounts said, CancellationToken over)
{
    public Random Random => random;

    public bool IsOver => over.IsCancellationRequested;

    public static Timestamp Now => Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow());

    /// <summary>What any agent says about itself.</summary>
    public static Wire.AgentInfo Info(string agentId) => new()
    {
        AgentId = agentId,
        ComputerName = "HOSTILE",
        FullyQualifiedName = "hostile.corp.example",
        AgentVersion = "0.1.0",
        ProtocolVersion = AgentInfo.CurrentProtocolVersion,
        OperatingSystem = "Windows Server 2022",
        SequenceEpoch = agentId,
        StartedAt = Now,
        Policy = new() { Mode = Wire.PolicyMode.ApplySettings, Source = "default" },
    };

    public Task SayAsync(Wire.WatchMessage message)
    {
        said.Count("messages");
        return writer.WriteAsync(message, over);
    }

    /// <summary>The greeting of an honest agent, without which nobody listens further.</summary>
    public Task GreetAsync() => SayAsync(new Wire.WatchMessage { Snapshot = new() { Revision = 1, Agent = Info(agentId) } });

    /// <summary>An event, its time now where it has none.</summary>
    public Task SayAsync(Wire.AgentEvent agentEvent)
    {
        agentEvent.At ??= Now;
        return SayAsync(new Wire.WatchMessage { Event = agentEvent });
    }

    public Task HoldAsync() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, over);
}

/// <summary>All that a hostile agent has been seen to do, or might.</summary>
internal static class HostileScripts
{
    /// <summary>Turns the order of letters around, and clears a terminal.</summary>
    public const string Trickery = "\u202Egnp.exe\u001b[2J";

    private const int OpenRuns = 150;
    private const int RunCharacters = 3_000_000;
    private const int LineCharacters = 4_000_000;
    private const int EndlessItems = 20_000;
    private const long SecondsOfYear1 = -62_135_596_800;
    private const long SecondsOfYear9999 = 253_402_300_799;

    public static IReadOnlyList<HostileScript> All => [LongLines, ManyOpenRuns, ImpossibleTimes, EndlessLists, SequenceJumps, Silence, Names, Refusals, Torrent];

    /// <summary>Evidence with 4 MB in one line, of the kinds on which a backtracking expression never ends.</summary>
    public static HostileScript LongLines { get; } = new("4 MB lines", async stream =>
    {
        await stream.GreetAsync();
        await stream.SayAsync(FailedSync(1, "wsus-1", Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddMinutes(-5))));
        string[] texts =
        [
            string.Concat("Attempting connection to WSUS server: ", new string(',', LineCharacters)),
            new string(' ', LineCharacters),
            string.Concat("Sync failed: ", new string('a', LineCharacters), "!"),
        ];
        foreach (var (index, text) in texts.Index())
        {
            await stream.SayAsync(new Wire.AgentEvent
            {
                Sequence = index + 2,
                Evidence = new() { RunId = "wsus-1", Lines = { new Wire.LoggedLine { Log = "wsyncmgr", At = HostileStream.Now, Text = text } } },
            });
        }
    });

    /// <summary>Repairs that never end, each as large as a message may be.</summary>
    public static HostileScript ManyOpenRuns { get; } = new("150 open runs of 3 MB", async stream =>
    {
        await stream.GreetAsync();
        for (var number = 1; number <= OpenRuns; number++)
        {
            await stream.SayAsync(new Wire.AgentEvent { Sequence = number, Repair = OpenRun($"run-{number}", RunCharacters) });
        }
    });

    /// <summary>Times of the years 1 and 9999, wherever a time may stand.</summary>
    public static HostileScript ImpossibleTimes { get; } = new("years 1 and 9999", async stream =>
    {
        await stream.GreetAsync();
        var sequence = 0;
        foreach (var seconds in new[] { SecondsOfYear1, SecondsOfYear9999 })
        {
            var time = new Timestamp { Seconds = seconds };
            var run = $"wsus-{seconds}";
            await stream.SayAsync(FailedSync(++sequence, run, time));
            await stream.SayAsync(new Wire.AgentEvent { Sequence = ++sequence, Evidence = new() { RunId = run, Lines = { new Wire.LoggedLine { Log = "wsyncmgr", At = time, Text = "Sync failed" } } } });
            await stream.SayAsync(new Wire.AgentEvent { Sequence = ++sequence, At = time, StateChange = new() { Subject = "pool:WsusPool", From = "Started", To = "Stopped" } });
        }
    });

    /// <summary>Lists that are as long as a message may be.</summary>
    public static HostileScript EndlessLists { get; } = new("endless lists", async stream =>
    {
        await stream.GreetAsync();
        for (var revision = 1; revision <= 20; revision++)
        {
            await stream.SayAsync(new Wire.WatchMessage
            {
                Section = new()
                {
                    Name = SectionNames.Services,
                    Revision = revision,
                    Status = Wire.SectionStatus.Ok,
                    ReadAt = HostileStream.Now,
                    Services = new() { Services = { Enumerable.Range(0, EndlessItems).Select(number => new Wire.ServiceStatus { Name = $"service-{revision}-{number}", DisplayName = new string('s', 200) }) } },
                },
            });
        }
    });

    /// <summary>Numbers of events that jump, repeat, and are none.</summary>
    public static HostileScript SequenceJumps { get; } = new("sequence jumps", async stream =>
    {
        await stream.GreetAsync();
        foreach (var sequence in new[] { 1, 1, 5, 3, 1_000_000, long.MaxValue, long.MinValue, -1, 0 })
        {
            await stream.SayAsync(new Wire.AgentEvent { Sequence = sequence, StateChange = new() { Subject = "pool:WsusPool", From = "Started", To = "Stopped" } });
        }
    });

    /// <summary>A Watch that is opened and never says a word.</summary>
    public static HostileScript Silence { get; } = new("silence", stream => stream.HoldAsync());

    /// <summary>A name that forges what a person reads.</summary>
    public static HostileScript Names { get; } = new("forged names", async stream =>
    {
        var info = HostileStream.Info(Guid.NewGuid().ToString("N"));
        info.ComputerName = Trickery;
        await stream.SayAsync(new Wire.WatchMessage { Snapshot = new() { Revision = 1, Agent = info } });
    });

    /// <summary>A refusal that is as long as headers may be, and forges what a person reads.</summary>
    public static HostileScript Refusals { get; } = new("forged refusals", async stream =>
    {
        await stream.GreetAsync();
        throw new RpcException(new Status((StatusCode)stream.Random.Next(1, 17), Trickery + new string('r', stream.Random.Next(1, 40_000))));
    });

    /// <summary>Small messages of all kinds, as fast as they are taken.</summary>
    public static HostileScript Torrent { get; } = new("torrent", async stream =>
    {
        await stream.GreetAsync();
        for (var sequence = 1L; !stream.IsOver; sequence++)
        {
            await (stream.Random.Next(3) switch
            {
                0 => stream.SayAsync(new Wire.AgentEvent { Sequence = sequence, StateChange = new() { Subject = $"pool:{stream.Random.Next()}", From = "Started", To = "Stopped", Detail = new string('d', 500) } }),
                1 => stream.SayAsync(FailedSync(sequence, $"wsus-{sequence}", HostileStream.Now)),
                _ => stream.SayAsync(new Wire.AgentEvent { Sequence = sequence, Repair = OpenRun($"run-{sequence}", 2_000) }),
            });
        }
    });

    /// <summary>A repair that goes on, with raw output of that many characters.</summary>
    public static Wire.Repair OpenRun(string id, int characters)
    {
        const int steps = 10;
        var output = new string('o', characters / steps);
        return new()
        {
            Id = id,
            PlanFingerprint = new string('a', 64),
            ComputerName = "HOSTILE",
            Playbook = "full-repair",
            Baseline = "guide",
            State = Wire.RepairState.Running,
            StartedAt = HostileStream.Now,
            Revision = 1,
            Steps = { Enumerable.Range(1, steps).Select(number => new Wire.RepairStep { Number = number, Kind = Wire.StepKind.ApplySettings, Title = "Apply settings", State = Wire.StepState.Running, Output = output }) },
        };
    }

    /// <summary>A plan of five thousand steps.</summary>
    public static Wire.Plan EndlessPlan() => new()
    {
        Id = "plan",
        ComputerName = "HOSTILE",
        Playbook = "full-repair",
        Baseline = "guide",
        Fingerprint = new string('f', 64),
        CreatedAt = HostileStream.Now,
        Steps = { Enumerable.Range(1, 5_000).Select(number => new Wire.PlanStep { Number = number, Kind = Wire.StepKind.ApplySettings, Title = Trickery, Detail = new string('d', 200) }) },
    };

    private static Wire.AgentEvent FailedSync(long sequence, string id, Timestamp startedAt) => new()
    {
        Sequence = sequence,
        SyncRun = new()
        {
            Id = id,
            Source = Wire.SyncSource.Wsus,
            Trigger = Wire.SyncTrigger.Scheduled,
            StartedAt = startedAt,
            EndedAt = startedAt,
            Result = Wire.SyncResult.Failed,
            ErrorText = "407",
        },
    };
}
