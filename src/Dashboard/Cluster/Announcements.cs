using System.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Shared;

namespace WsusDashboard.Dashboard.Cluster;

/// <summary>What dashboards tell each other: that something in the database is new, never what. Whoever missed it reads all of it again.</summary>
internal static class Topics
{
    /// <summary>Partitions may be taken.</summary>
    public const string Ownership = "ownership";

    /// <summary>Ids of servers that were added, edited, paired or removed.</summary>
    public const string Servers = "servers";

    /// <summary>Agents wait to be admitted, or no longer.</summary>
    public const string Admissions = "admissions";

    /// <summary>The key that agents know the dashboards by is to change, or has changed.</summary>
    public const string HubKey = "hub-key";

    /// <summary>Where agents find the dashboards has changed.</summary>
    public const string Addresses = "addresses";

    /// <summary>Ids of servers whose row of the live view is new.</summary>
    public const string Rows = "rows";

    /// <summary>Ids of servers whose quarantine began or ended.</summary>
    public const string Quarantines = "quarantines";

    /// <summary>Ids of servers that a person has done something to.</summary>
    public const string Actions = "actions";

    /// <summary>Ids of problems that have changed.</summary>
    public const string Problems = "problems";

    /// <summary>What people decided about problems has changed.</summary>
    public const string Triage = "triage";

    /// <summary>Ids of servers whose tags, owner or notes have changed.</summary>
    public const string Descriptions = "descriptions";

    /// <summary>Who may do what has changed.</summary>
    public const string Access = "access";

    /// <summary>Sealed words on sessions whose person has just proven again who they are.</summary>
    public const string Confirmations = "confirmations";
}

/// <summary>
/// Tells the other dashboards of a PostgreSQL database that something is new there, and hears it from them (LISTEN and NOTIFY). What is told within a moment goes out together, because PostgreSQL lets
/// commits that notify pass one after the other. With SQLite there is nobody to tell. Threading: any thread tells; listeners are called by one loop and return at once.
/// </summary>
internal sealed partial class Announcements(DatabaseProvider database, DashboardInstance self, DatabaseInitializer opening, Backoff backoff, TimeProvider timeProvider, ILogger<Announcements> logger) : BackgroundService
{
    /// <summary>A listener that is told this reads all of its topic again.</summary>
    public const string Everything = "*";

    public const string Channel = "wsusdashboard";

    private const char Field = '|';
    private const char Separator = ',';

    /// <summary>PostgreSQL takes less than 8,000 bytes at a time.</summary>
    private const int MaximumLetters = 7_000;

    /// <summary>More than so many of one topic, and all of it is said to be new.</summary>
    private const int MaximumItems = 5_000;

    /// <summary>Dashboards whose last word is remembered.</summary>
    private const int MaximumHeard = 200;

    private const int AnswerSeconds = 5;

    private static readonly TimeSpan CollectFor = TimeSpan.FromMilliseconds(50);

    /// <summary>A connection that is dead without a word is found out by the question that is asked so often.</summary>
    private const int KeepAliveSeconds = 5;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<string>> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _heard = new(StringComparer.Ordinal);
    private readonly List<(string Topic, Action<IReadOnlyList<string>> Listener)> _listeners = [];
    private readonly System.Threading.Channels.Channel<bool> _signal = System.Threading.Channels.Channel.CreateBounded<bool>(new System.Threading.Channels.BoundedChannelOptions(1) { FullMode = System.Threading.Channels.BoundedChannelFullMode.DropWrite });

    /// <summary>Calls the listener with what others tell of a topic, and with <see cref="Everything"/> where something may have been missed. Dispose the answer to end it.</summary>
    public IDisposable On(string topic, Action<IReadOnlyList<string>> listener)
    {
        lock (_lock)
        {
            _listeners.Add((topic, listener));
        }

        return new TopicListener(this, (topic, listener));
    }

    /// <summary>When another dashboard was last heard; null where it never was.</summary>
    public DateTimeOffset? LastHeard(string dashboardId)
    {
        lock (_lock)
        {
            return _heard.TryGetValue(dashboardId, out var at) ? at : null;
        }
    }

    /// <summary>Tells it soon; again until it is told.</summary>
    public void Tell(string topic, params IEnumerable<string> items)
    {
        if (!database.IsPostgreSql)
        {
            return;
        }

        lock (_lock)
        {
            if (!_waiting.TryGetValue(topic, out var waiting))
            {
                _waiting.Add(topic, waiting = new(StringComparer.Ordinal));
            }

            waiting.UnionWith(items);
            if (waiting.Count > MaximumItems)
            {
                waiting.Clear();
                waiting.Add(Everything);
            }
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>What is sent over the <see cref="Channel"/> by whoever has a connection and can't wait.</summary>
    public string Compose(string topic, string item) => Text(topic, [item]);

    /// <summary>Tells it with the transaction of this context: when it is stored, and only then.</summary>
    public async Task TellWithAsync(DbContext context, string topic, IEnumerable<string> items, CancellationToken cancellationToken)
    {
        foreach (var text in Texts(topic, items))
        {
            await context.Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, {text})", cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!database.IsPostgreSql)
        {
            return;
        }

        try
        {
            await opening.WhenOpened.WaitAsync(stoppingToken);
            await Task.WhenAll(ListenAsync(stoppingToken), TellAllAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var parts = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Pooling = false,
            MinPoolSize = 0,
            Timeout = AnswerSeconds,
            CommandTimeout = AnswerSeconds,
            KeepAlive = KeepAliveSeconds,
            ApplicationName = $"WsusDashboard listener {self.Id}",
        };
        for (var failures = 0; ;)
        {
            try
            {
                await using var connection = new NpgsqlConnection(parts.ConnectionString);
                connection.Notification += (_, notification) => Hear(notification.Payload);
                await connection.OpenAsync(cancellationToken);
                await using (var listen = connection.CreateCommand())
                {
                    listen.CommandText = $"LISTEN {Channel}";
                    await listen.ExecuteNonQueryAsync(cancellationToken);
                }

                failures = 0;
                HearEverything();
                while (true)
                {
                    await connection.WaitAsync(cancellationToken);
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException)
            {
                Log.NotListening(logger, exception.Message);
                await Task.Delay(backoff.Next(++failures), timeProvider, cancellationToken);
            }
        }
    }

    private async Task TellAllAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (await _signal.Reader.WaitToReadAsync(cancellationToken))
        {
            _signal.Reader.TryRead(out _);
            await Task.Delay(CollectFor, timeProvider, cancellationToken);
            var waiting = TakeWaiting();
            try
            {
                await SendAsync([.. waiting.SelectMany(topic => Texts(topic.Key, topic.Value))], cancellationToken);
                failures = 0;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException)
            {
                Log.NotTold(logger, exception.Message);
                await Task.Delay(backoff.Next(++failures), timeProvider, cancellationToken);
                foreach (var (topic, items) in waiting)
                {
                    Tell(topic, items);
                }
            }
        }
    }

    private Dictionary<string, HashSet<string>> TakeWaiting()
    {
        lock (_lock)
        {
            var waiting = new Dictionary<string, HashSet<string>>(_waiting, StringComparer.Ordinal);
            _waiting.Clear();
            return waiting;
        }
    }

    private async Task SendAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT pg_notify(@channel, text) FROM unnest(@texts) AS text";
        command.CommandTimeout = AnswerSeconds;
        command.Parameters.AddWithValue("channel", Channel);
        command.Parameters.AddWithValue("texts", texts.ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private IEnumerable<string> Texts(string topic, IEnumerable<string> items)
    {
        var (taken, letters) = (new List<string>(), 0);
        foreach (var item in items)
        {
            if (letters + item.Length > MaximumLetters)
            {
                yield return Text(topic, taken);
                (taken, letters) = ([], 0);
            }

            taken.Add(item);
            letters += item.Length + 1;
        }

        if (taken.Count > 0)
        {
            yield return Text(topic, taken);
        }
    }

    private string Text(string topic, IEnumerable<string> items) => $"{self.Id}{Field}{topic}{Field}{string.Join(Separator, items)}";

    private void Hear(string text)
    {
        if (text.Split(Field) is [var from, var topic, var items] && from != self.Id)
        {
            NoteHeard(from);
            Call(topic, items.Split(Separator));
        }
    }

    private void NoteHeard(string dashboardId)
    {
        lock (_lock)
        {
            _heard[dashboardId] = timeProvider.GetUtcNow();
            if (_heard.Count > MaximumHeard)
            {
                _heard.Remove(_heard.MinBy(heard => heard.Value).Key);
            }
        }
    }

    private void HearEverything()
    {
        string[] topics;
        lock (_lock)
        {
            topics = [.. _listeners.Select(listening => listening.Topic).Distinct()];
        }

        foreach (var topic in topics)
        {
            Call(topic, [Everything]);
        }
    }

    private void Call(string topic, IReadOnlyList<string> items)
    {
        List<Action<IReadOnlyList<string>>> listeners;
        lock (_lock)
        {
            listeners = [.. _listeners.Where(listening => listening.Topic == topic).Select(listening => listening.Listener)];
        }

        foreach (var listener in listeners)
        {
            listener(items);
        }
    }

    private sealed class TopicListener(Announcements announcements, (string, Action<IReadOnlyList<string>>) entry) : IDisposable
    {
        public void Dispose()
        {
            lock (announcements._lock)
            {
                announcements._listeners.Remove(entry);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "What other dashboards say isn't heard at the moment; all of it is read again afterwards. {Reason}")]
        public static partial void NotListening(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Warning, "A change couldn't be announced to the other dashboards; trying again. {Reason}")]
        public static partial void NotTold(ILogger logger, string reason);
    }
}
