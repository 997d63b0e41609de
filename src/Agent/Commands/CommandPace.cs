using System.Globalization;
using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Commands;

/// <summary>
/// How often hubs, all of them together, have something done here: what is beyond the rate of the local policy waits for somebody on the server. Undo, rollback
/// and whoever is on the server are never limited. Kept in the agent's database, on a clock that nobody sets.
/// </summary>
/// <remarks>Safe for use from several threads; every call opens its own connection, one after the other.</remarks>
internal sealed class CommandPace(Journal journal, LocalPolicy policy, TimeProvider timeProvider)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>How long a journal that could not be read is left alone by those who only tell of it.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly JournalTurn _turn = new();
    private volatile Counted? _counted;
    private long _failedAt;

    /// <summary>What was counted is another than before. Handlers return at once.</summary>
    public event Action? Changed;

    /// <summary>What is left of the rate, one of a kind; empty while the journal cannot be read. For people: whether a command waits is decided by <see cref="FindExceeded"/>.</summary>
    /// <remarks>Asked with every snapshot and heartbeat, so what was counted is read from the journal once, and again after each command.</remarks>
    public IReadOnlyList<CommandAllowance> ReadAllowances()
    {
        if (_counted is not { } counted)
        {
            var failedAt = Interlocked.Read(ref _failedAt);
            if (failedAt != 0 && timeProvider.GetElapsedTime(failedAt) < Rest)
            {
                return [];
            }

            try
            {
                counted = _turn.Take(() =>
                {
                    using var connection = journal.Open();
                    return _counted = Counted.Read(connection, timeProvider);
                });
                Interlocked.Exchange(ref _failedAt, 0);
            }
            catch (CommandException)
            {
                // Whoever needs the journal says what is wrong with it.
                Interlocked.Exchange(ref _failedAt, timeProvider.GetTimestamp());
                return [];
            }
        }

        return counted.Allowances(policy.Read(null).Rate, counted.Passed + timeProvider.GetElapsedTime(counted.ReadAt));
    }

    /// <summary>The same from the agent's file, while the agent runs or not.</summary>
    public static IReadOnlyList<CommandAllowance> ReadAllowances(SqliteConnection connection, PolicyRate rate, TimeProvider timeProvider)
    {
        var counted = Counted.Read(connection, timeProvider);
        return counted.Allowances(rate, counted.Passed);
    }

    /// <summary>Why a hub's command is beyond the pace; null where it is not.</summary>
    /// <exception cref="CommandException">The journal cannot be read.</exception>
    public string? FindExceeded(AgentCommand command)
    {
        if (command.Caller.Hub is null || KindOf(command.Request) is not { } kind)
        {
            return null;
        }

        var limit = LimitOf(kind, policy.Read(null).Rate);
        return _turn.Take(() =>
        {
            using var connection = journal.Open();
            return Count(connection, kind, new PaceClock(timeProvider).Read(connection) - limit.Window) < limit.Most ? null : Explain(limit);
        });
    }

    /// <summary>Counts a hub's command that begins.</summary>
    /// <exception cref="CommandException">It is beyond the pace, or the journal cannot be written.</exception>
    public void Take(AgentCommand command)
    {
        if (command.Caller.Hub is null || KindOf(command.Request) is not { } kind)
        {
            return;
        }

        var limit = LimitOf(kind, policy.Read(null).Rate);
        var isTaken = _turn.Take(() =>
        {
            var taken = TryTake(kind, limit);
            _counted = null;
            return taken;
        });
        if (!isTaken)
        {
            throw new CommandException(CommandFailure.Conflict, $"{Explain(limit)} Nothing was started; ask again to let it wait for an approval on the server.") { IsTemporary = true };
        }

        Changed?.Invoke();
    }

    /// <summary>Notes how far the clock is, so that a restart of the server loses little of it.</summary>
    public void Note() => JournalErrors.Read(() =>
    {
        using var connection = journal.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        var now = new PaceClock(timeProvider).GoOn(connection);
        transaction.Commit();
        return now;
    });

    private static PacedCommand? KindOf(Wire.ICommandRequest request) => request switch
    {
        Wire.StartRepairRequest => PacedCommand.Repair,
        Wire.ControlPoolRequest => PacedCommand.Pool,
        Wire.ControlServiceRequest service => PacedCommands.OfService(service.Name, service.Verb),
        Wire.StartSyncRequest or Wire.StopSyncRequest => PacedCommand.Sync,
        _ => null,
    };

    private static Limit LimitOf(PacedCommand kind, PolicyRate rate) => kind switch
    {
        PacedCommand.Repair => new(rate.RepairsPerDay, TimeSpan.FromDays(1), "repairs", "day"),
        PacedCommand.Pool => new(rate.PoolCommandsPerHour, TimeSpan.FromHours(1), "commands to pools", "hour"),
        PacedCommand.Service => new(rate.ServiceCommandsPerHour, TimeSpan.FromHours(1), "commands to services", "hour"),
        PacedCommand.Sync => new(rate.SyncCommandsPerHour, TimeSpan.FromHours(1), "starts and stops of syncs", "hour"),
        PacedCommand.IisRestart => new(rate.IisRestartsPerDay, TimeSpan.FromDays(1), "restarts of the web service", "day"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind."),
    };

    private bool TryTake(PacedCommand kind, Limit limit)
    {
        using var connection = journal.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        var now = new PaceClock(timeProvider).GoOn(connection);
        connection.Execute("DELETE FROM command_pace WHERE at < $oldest", ("$oldest", (now - Longest).Ticks));
        if (Count(connection, kind, now - limit.Window) >= limit.Most)
        {
            return false;
        }

        connection.Execute("INSERT INTO command_pace (kind, at) VALUES ($kind, $at)", ("$kind", (int)kind), ("$at", now.Ticks));
        transaction.Commit();
        return true;
    }

    private static long Count(SqliteConnection connection, PacedCommand kind, TimeSpan since) =>
        connection.Scalar<long>("SELECT COUNT(*) FROM command_pace WHERE kind = $kind AND at > $since", ("$kind", (int)kind), ("$since", since.Ticks));

    private static string Explain(Limit limit) =>
        string.Create(CultureInfo.InvariantCulture, $"This server's local policy lets dashboards start {limit.Most} {limit.What} a {limit.Span} without an approval, and that limit is reached.");

    /// <param name="Most">In one window.</param>
    /// <param name="Window">How long one counts.</param>
    /// <param name="What">For a person.</param>
    /// <param name="Span">The window, for a person.</param>
    private sealed record Limit(int Most, TimeSpan Window, string What, string Span);

    /// <summary>What was counted, as it was read.</summary>
    /// <param name="Commands">On the clock of the pace.</param>
    /// <param name="Passed">What that clock showed.</param>
    /// <param name="ReadAt">Timestamp of the reading.</param>
    /// <param name="Wall">The server's clock at the reading: the times for people stay the same until the next one.</param>
    private sealed record Counted(IReadOnlyList<(PacedCommand Kind, TimeSpan At)> Commands, TimeSpan Passed, long ReadAt, DateTimeOffset Wall)
    {
        private static readonly PacedCommand[] Kinds = [.. Enum.GetValues<PacedCommand>().Where(kind => kind != PacedCommand.Unknown)];

        public static Counted Read(SqliteConnection connection, TimeProvider timeProvider)
        {
            var passed = new PaceClock(timeProvider).Read(connection);
            var commands = Kinds.SelectMany(kind => connection.Query(
                "SELECT at FROM command_pace WHERE kind = $kind AND at > $since ORDER BY at",
                reader => (kind, new TimeSpan(reader.GetInt64(0))),
                ("$kind", (int)kind),
                ("$since", (passed - LimitOf(kind, PolicyRate.Default).Window).Ticks)));
            return new([.. commands], passed, timeProvider.GetTimestamp(), timeProvider.GetUtcNow());
        }

        public IReadOnlyList<CommandAllowance> Allowances(PolicyRate rate, TimeSpan now) => [.. Kinds.Select(kind =>
        {
            var limit = LimitOf(kind, rate);
            var used = Commands.Where(command => command.Kind == kind && command.At > now - limit.Window).Select(command => command.At).ToList();

            // The limit may have been lowered meanwhile: then several have to become too old first.
            DateTimeOffset? next = limit.Most > 0 && used.Count >= limit.Most ? WholeSecond(Wall + (used[used.Count - limit.Most] + limit.Window - Passed)) : null;
            return new CommandAllowance(kind, limit.Most, used.Count, (int)limit.Window.TotalHours, next);
        })];

        private static DateTimeOffset WholeSecond(DateTimeOffset at) => new((at.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, at.Offset);
    }
}
