using System.Globalization;
using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Commands;

/// <summary>What the pace of hubs is counted by.</summary>
internal enum PacedCommand
{
    /// <summary>A whole repair, whatever its steps.</summary>
    Repair = 1,
    Pool = 2,
    Service = 3,
    Sync = 4,

    /// <summary>What does as much as iisreset: a stop or restart of the web service.</summary>
    IisRestart = 5,
}

/// <summary>
/// How often hubs, all of them together, have something done here: what is beyond the rate of the local policy waits for somebody on the server. Undo, rollback
/// and whoever is on the server are never limited. Kept in the agent's database, on a clock that nobody sets.
/// </summary>
/// <remarks>Safe for use from several threads; every call opens its own connection.</remarks>
internal sealed class CommandPace(Journal journal, LocalPolicy policy, TimeProvider timeProvider)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Why a hub's command is beyond the pace; null where it is not.</summary>
    /// <exception cref="CommandException">The journal cannot be read.</exception>
    public string? FindExceeded(AgentCommand command)
    {
        if (command.Caller.Hub is null || KindOf(command.Request) is not { } kind)
        {
            return null;
        }

        var limit = LimitOf(kind);
        return JournalErrors.Read(() =>
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

        var limit = LimitOf(kind);
        var isTaken = JournalErrors.Read(() =>
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
        });
        if (!isTaken)
        {
            throw new CommandException(CommandFailure.Conflict, $"{Explain(limit)} Nothing was started; ask again to let it wait for an approval on the server.") { IsTemporary = true };
        }
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
        Wire.ControlServiceRequest service => IsWebService(service.Name) && service.Verb != ServiceVerbs.Start ? PacedCommand.IisRestart : PacedCommand.Service,
        Wire.StartSyncRequest or Wire.StopSyncRequest => PacedCommand.Sync,
        _ => null,
    };

    private static bool IsWebService(string name) =>
        string.Equals(name, ServiceNames.WorldWideWeb, StringComparison.OrdinalIgnoreCase) || string.Equals(name, ServiceNames.ProcessActivation, StringComparison.OrdinalIgnoreCase);

    private Limit LimitOf(PacedCommand kind)
    {
        var rate = policy.Read(null).Rate;
        return kind switch
        {
            PacedCommand.Repair => new(rate.RepairsPerDay, TimeSpan.FromDays(1), "repairs", "day"),
            PacedCommand.Pool => new(rate.PoolCommandsPerHour, TimeSpan.FromHours(1), "commands to pools", "hour"),
            PacedCommand.Service => new(rate.ServiceCommandsPerHour, TimeSpan.FromHours(1), "commands to services", "hour"),
            PacedCommand.Sync => new(rate.SyncCommandsPerHour, TimeSpan.FromHours(1), "starts and stops of syncs", "hour"),
            PacedCommand.IisRestart => new(rate.IisRestartsPerDay, TimeSpan.FromDays(1), "restarts of the web service", "day"),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind."),
        };
    }

    private static long Count(SqliteConnection connection, PacedCommand kind, TimeSpan since) =>
        connection.Scalar<long>("SELECT COUNT(*) FROM command_pace WHERE kind = $kind AND at > $since", ("$kind", (int)kind), ("$since", since.Ticks));

    private static string Explain(Limit limit) =>
        string.Create(CultureInfo.InvariantCulture, $"This server's local policy lets dashboards start {limit.Most} {limit.What} a {limit.Span} without an approval, and they have.");

    /// <param name="Most">In one window.</param>
    /// <param name="Window">How long one counts.</param>
    /// <param name="What">For a person.</param>
    /// <param name="Span">The window, for a person.</param>
    private sealed record Limit(int Most, TimeSpan Window, string What, string Span);
}
