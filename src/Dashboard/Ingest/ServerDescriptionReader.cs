using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Shared;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>
/// Tags, owners and the revision of notes, as the rows say it: read after each change here or at another dashboard and put into the live fleet, so that open pages are answered from memory. Threading:
/// readings come one after another; what is read is immutable and replaced as a whole.
/// </summary>
internal sealed partial class ServerDescriptionReader(
    IDbContextFactory<DashboardContext> contexts,
    DatabaseInitializer database,
    LiveFleet live,
    AccessCache people,
    Backoff backoff,
    TimeProvider timeProvider,
    ILogger<ServerDescriptionReader> logger,
    Announcements? announcements = null) : BackgroundService
{
    private readonly SemaphoreSlim _reading = new(1);
    private readonly IdBatch _told = new();
    private readonly Dictionary<int, ServerDescription> _rows = [];
    private volatile KnownTags _tags = KnownTags.None;

    /// <summary>The tags that there are, and those that were deleted.</summary>
    public KnownTags Tags => _tags;

    /// <summary>Something was stored about these servers: reads it and tells other dashboards. It was stored, so a reading that fails is tried again by the loop.</summary>
    public Task ReloadAsync(IReadOnlyCollection<int> serverIds, CancellationToken cancellationToken)
    {
        announcements?.Tell(Topics.Descriptions, serverIds.Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return TryReadAsync(serverIds, cancellationToken);
    }

    /// <summary>A tag was deleted: reads everything and tells other dashboards.</summary>
    public Task ReloadAsync(CancellationToken cancellationToken)
    {
        announcements?.Tell(Topics.Descriptions, Announcements.Everything);
        return TryReadAsync(null, cancellationToken);
    }

    /// <summary>Reads the rows of these servers, or of all, and shows what they say.</summary>
    internal async Task ReadAsync(IReadOnlyCollection<int>? serverIds, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (serverIds is not { Count: 0 })
            {
                await using var context = await contexts.CreateDbContextAsync(cancellationToken);
                _tags = await KnownTags.ReadAsync(context, cancellationToken);
                var rows = context.ServerDescriptions.AsNoTracking();
                var pairs = context.ServerTags.AsNoTracking();
                if (serverIds is not null)
                {
                    (rows, pairs) = (rows.Where(row => serverIds.Contains(row.ServerId)), pairs.Where(pair => serverIds.Contains(pair.ServerId)));
                }

                var tags = (await pairs.ToListAsync(cancellationToken)).ToLookup(pair => pair.ServerId, pair => pair.TagKey);
                var found = await rows.Select(row => new { row.ServerId, row.OwnerId, row.OwnerName, row.Revision }).ToListAsync(cancellationToken);
                foreach (var gone in (serverIds ?? [.. _rows.Keys]).Except(found.Select(row => row.ServerId)).ToList())
                {
                    _rows.Remove(gone);
                }

                foreach (var row in found)
                {
                    ServerOwner? owner = row.OwnerName.Length == 0 ? null : new(row.OwnerId, row.OwnerName);
                    _rows[row.ServerId] = new([.. tags[row.ServerId].Select(_tags.NameOf).OfType<string>().Order(StringComparer.OrdinalIgnoreCase)], owner, row.Revision);
                }
            }

            live.Describe(_rows.ToFrozenDictionary(row => row.Key, row => AsNamedNow(row.Value)));
        }
        finally
        {
            _reading.Release();
        }
    }

    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listening = announcements?.On(Topics.Descriptions, _told.Mark);
        people.Changed += MarkNames;
        _told.MarkEverything();
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            for (var failures = 0; ;)
            {
                var ids = await _told.TakeAsync(stoppingToken);
                failures = await TryReadAsync(ids, stoppingToken) ? 0 : failures + 1;
                if (failures > 0)
                {
                    await Task.Delay(backoff.Next(failures), timeProvider, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
        finally
        {
            people.Changed -= MarkNames;
        }
    }

    /// <summary>An owner with an account has the name of now; one whose account is gone keeps the last.</summary>
    private ServerDescription AsNamedNow(ServerDescription description) =>
        description.Owner is { PersonId: { } id } owner && people.FindPerson(id) is { } person && person.Name != owner.Name ? description with { Owner = owner with { Name = person.Name } } : description;

    /// <summary>Somebody may have another name now: shown again, without a reading.</summary>
    private void MarkNames() => _told.Mark(Array.Empty<int>());

    private async Task<bool> TryReadAsync(IReadOnlyCollection<int>? serverIds, CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(serverIds, cancellationToken);
            return true;
        }
        catch (Exception exception)
        {
            _told.MarkEverything();
            if (exception is not OperationCanceledException)
            {
                Log.NotRead(logger, exception);
            }

            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Tags and owners of servers couldn't be read; trying again")]
        public static partial void NotRead(ILogger logger, Exception exception);
    }
}

/// <summary>The tags of the fleet at one moment. Immutable.</summary>
internal sealed class KnownTags
{
    private readonly FrozenDictionary<string, string> _names;
    private readonly FrozenDictionary<string, DeletedTag> _deleted;

    private KnownTags(IEnumerable<TagEntity> tags, IEnumerable<DeletedTagEntity> deleted)
    {
        _names = tags.ToFrozenDictionary(tag => tag.Key, tag => tag.Name, StringComparer.OrdinalIgnoreCase);
        _deleted = deleted.ToFrozenDictionary(tag => tag.Key, tag => new DeletedTag(tag.Name, tag.At.ToOffset(), tag.By), StringComparer.OrdinalIgnoreCase);
    }

    public static KnownTags None { get; } = new([], []);

    /// <summary>By name.</summary>
    public IReadOnlyList<string> Names => [.. _names.Values.Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The name as it is written; null where there is no such tag.</summary>
    public string? NameOf(string tag) => _names.GetValueOrDefault(tag);

    /// <summary>Who deleted a tag, and when; null where it is there, or never was.</summary>
    public DeletedTag? FindDeleted(string tag) => _names.ContainsKey(tag) ? null : _deleted.GetValueOrDefault(tag);

    internal static async Task<KnownTags> ReadAsync(DashboardContext context, CancellationToken cancellationToken) =>
        new(await context.Tags.AsNoTracking().ToListAsync(cancellationToken), await context.DeletedTags.AsNoTracking().ToListAsync(cancellationToken));
}

/// <summary>A tag that is no more.</summary>
/// <param name="Tag">Its name.</param>
/// <param name="At">UTC.</param>
/// <param name="By">Name of who deleted it, as it was then.</param>
public sealed record DeletedTag(string Tag, DateTimeOffset At, string By);
