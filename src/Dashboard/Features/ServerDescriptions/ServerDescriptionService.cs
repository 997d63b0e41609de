using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Tags;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.ServerDescriptions;

/// <summary>What to change of a server's description. Null leaves a part as it is; an empty one takes it away.</summary>
/// <param name="Tags">All that it is to have.</param>
/// <param name="OwnerPerson">"me", or the id of an account.</param>
/// <param name="Owner">Somebody without an account, as text.</param>
/// <param name="Notes">Plain text.</param>
internal sealed record DescriptionChange(IReadOnlyList<string>? Tags = null, string? OwnerPerson = null, string? Owner = null, string? Notes = null);

/// <summary>
/// Reads and changes tags, owner and notes of a server. Whoever may act on the server may, as for the assignment of its problems. Of two people at once the second is told.
/// </summary>
internal sealed class ServerDescriptionService(IDbContextFactory<DashboardContext> contexts, ServerDescriptionReader descriptions, VisibleServers servers, Assignees people, AuditTrail audit, StorageHealth health, TimeProvider timeProvider)
{
    public const int MaximumOwnerLength = 100;
    public const int MaximumNotesLength = 2_000;
    public const string Me = "me";

    private const int AuditedLength = 300;
    private const int MostAttempts = 5;

    /// <summary>True where the caller may change it.</summary>
    public bool MayChange(string site) => audit.Caller.May(Permission.Operate, site);

    /// <summary>Failures: NotFound, Unavailable (database).</summary>
    public async Task<Outcome<ServerDescriptionJson>> GetAsync(int serverId, CancellationToken cancellationToken)
    {
        await servers.WhenLoadedAsync(cancellationToken);
        if (servers.Find(serverId) is null)
        {
            return Missing(serverId);
        }

        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            return await ReadAsync(context, serverId, cancellationToken);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception, "Tags, owner and notes can't be read right now.");
        }
    }

    /// <summary>People who may act on the server, by name: whom to offer as its owner.</summary>
    public IReadOnlyList<ServerOwner> GetPeople(string site) => [.. people.For([site]).Select(person => new ServerOwner(person.Id, person.Name))];

    /// <summary>Failures: NotFound, Forbidden, Invalid, Conflict (somebody was first, or nothing was seen that could be replaced), Unavailable (database).</summary>
    /// <param name="serverId">The server.</param>
    /// <param name="change">What to change.</param>
    /// <param name="revision">As it was shown; null where the caller saw nothing: then only what is empty is filled.</param>
    /// <param name="cancellationToken">Gives up before anything is stored.</param>
    public async Task<Outcome<ServerDescriptionJson>> ChangeAsync(int serverId, DescriptionChange change, string? revision, CancellationToken cancellationToken)
    {
        await servers.WhenLoadedAsync(cancellationToken);
        if (servers.Find(serverId) is not { } server)
        {
            return Missing(serverId);
        }

        if (audit.Caller.Refusal(Permission.Operate, server.Site, Missing(serverId).Message) is { } refusal)
        {
            return refusal;
        }

        List<FieldError> errors = [];
        var tags = ReadTags(change.Tags, errors);
        var owner = ReadOwner(change, server.Site, errors);
        CheckNotes(change.Notes, errors);
        if (errors.Count > 0)
        {
            return Invalid.Of(errors);
        }

        var stored = await StoreAsync(server, change, tags, owner, revision, cancellationToken);
        if (stored.Failure is { } failure)
        {
            return failure;
        }

        var (before, after) = stored.Value!;
        await descriptions.ReloadAsync([serverId], cancellationToken);
        await audit.WriteAsync(new() { What = "server.describe", ServerId = serverId, ServerName = server.Name, Site = server.Site, Detail = string.Join(", ", Parts(change)), Before = Describe(before, change), After = Describe(after, change), Outcome = "done" });
        return after;
    }

    /// <summary>All of it or nothing. Two servers may get the same new tag in one moment, and only one of them makes it: the other looks again, and finds it.</summary>
    private async Task<Outcome<StoredChange>> StoreAsync(LiveServer server, DescriptionChange change, List<(string Key, string Name)>? tags, (string? Id, string Name)? owner, string? revision, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var context = await contexts.CreateDbContextAsync(cancellationToken);
                var before = await ReadAsync(context, server.Id, cancellationToken);
                if (FindObstacle(server.Name, before, change, revision) is { } obstacle)
                {
                    return obstacle;
                }

                if (tags is not null && await PutTagsAsync(context, server.Id, tags, cancellationToken) is { } full)
                {
                    return full;
                }

                if (!await PutAsync(context, server.Id, before.Revision, change, owner, cancellationToken))
                {
                    return ChangedMeanwhile(server.Name);
                }

                await context.SaveChangesAsync(cancellationToken);
                return new StoredChange(before, await ReadAsync(context, server.Id, cancellationToken));
            }
            catch (DbUpdateException exception) when (StorageFault.Of(exception) == StorageProblem.None)
            {
                if (attempt == MostAttempts)
                {
                    return ChangedMeanwhile(server.Name);
                }
            }
            catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
            {
                return NotStored(exception, "Nothing was saved.");
            }
        }
    }

    private static List<(string Key, string Name)>? ReadTags(IReadOnlyList<string>? tags, List<FieldError> errors)
    {
        if (tags is null)
        {
            return null;
        }

        if (tags.Count > TagRules.MaximumOfAServer)
        {
            errors.Add(new("tags", $"These are {tags.Count} tags. Allowed: at most {TagRules.MaximumOfAServer} on one server."));
            return null;
        }

        if (tags.FirstOrDefault(tag => TagRules.Read(tag) is null) is { } wrong)
        {
            errors.Add(new("tags", $"\"{TagRules.Shown(wrong)}\" is not allowed for a tag. Allowed: {TagRules.Allowed}."));
            return null;
        }

        return [.. tags.Select(tag => TagRules.Read(tag)!).Select(tag => (TagRules.KeyOf(tag), tag)).DistinctBy(tag => tag.Item1)];
    }

    private (string? Id, string Name)? ReadOwner(DescriptionChange change, string site, List<FieldError> errors)
    {
        if (change is { Owner: not null, OwnerPerson: not null })
        {
            errors.Add(new("owner", "There is both an \"owner\" and an \"ownerPerson\". Allowed: one of them."));
            return null;
        }

        if (change.Owner?.Trim() is { } text)
        {
            if (text.Length > MaximumOwnerLength || !PlainText.IsPlain(text))
            {
                errors.Add(new("owner", $"\"owner\" has {text.Length} characters. Allowed: at most {MaximumOwnerLength} on one line, without control and format characters."));
            }

            return (null, text);
        }

        if (change.OwnerPerson is not { } asked)
        {
            return null;
        }

        var id = asked == Me ? audit.Caller.Identity.PersonId : asked;
        if (id.Length == 0 || people.Find(id) is not { } person || !person.ScopeOf(Permission.View).Permits(site))
        {
            errors.Add(new("ownerPerson", $"\"{PlainText.Cut(PlainText.Replace(asked), MaximumOwnerLength)}\" is not allowed for \"ownerPerson\". Allowed: \"me\" for someone with an account, or the id of an enabled account that can see the server."));
            return null;
        }

        return (person.Id, person.Name);
    }

    private static void CheckNotes(string? notes, List<FieldError> errors)
    {
        if (notes is not null && (notes.Length > MaximumNotesLength || !PlainText.IsPlain(notes, mayBreak: true)))
        {
            errors.Add(new("notes", $"\"notes\" has {notes.Length} characters. Allowed: at most {MaximumNotesLength}, without control and format characters."));
        }
    }

    /// <summary>What the caller hasn't seen is not replaced.</summary>
    private static Conflict? FindObstacle(string server, ServerDescriptionJson before, DescriptionChange change, string? revision)
    {
        if (revision is not null)
        {
            return revision == before.Revision ? null : new($"{before.ChangedBy ?? "Someone else"} changed the tags, owner or notes of {server} since you looked. Nothing was changed. Look at them again.");
        }

        var replaced = (change.Tags is not null && before.Tags.Count > 0) || ((change.Owner ?? change.OwnerPerson) is not null && before.Owner is not null) || (change.Notes is not null && before.Notes.Length > 0);
        return replaced ? new($"{server} has these already. Nothing was changed. To replace them, send the revision you saw as If-Match.") : null;
    }

    /// <summary>Null where it fits.</summary>
    private static async Task<Failure?> PutTagsAsync(DashboardContext context, int serverId, List<(string Key, string Name)> tags, CancellationToken cancellationToken)
    {
        var keys = tags.ConvertAll(tag => tag.Key);
        var had = await context.ServerTags.Where(pair => pair.ServerId == serverId).ToListAsync(cancellationToken);
        context.ServerTags.RemoveRange(had.Where(pair => !keys.Contains(pair.TagKey)));
        var known = await context.Tags.Where(tag => keys.Contains(tag.Key)).Select(tag => tag.Key).ToListAsync(cancellationToken);
        var made = tags.FindAll(tag => !known.Contains(tag.Key));
        if (made.Count > 0 && await context.Tags.CountAsync(cancellationToken) is var count && count + made.Count > TagRules.MaximumTags)
        {
            return Invalid.Of("tags", $"The fleet has {count} tags, and \"{made[0].Name}\" would be a new one. Allowed: at most {TagRules.MaximumTags}. Delete one that nothing uses first.");
        }

        context.Tags.AddRange(made.Select(tag => new TagEntity { Key = tag.Key, Name = tag.Name }));
        context.ServerTags.AddRange(keys.Except(had.Select(pair => pair.TagKey)).Select(key => new ServerTagEntity { ServerId = serverId, TagKey = key }));

        // A tag that is there again was not deleted.
        var again = made.ConvertAll(tag => tag.Key);
        context.DeletedTags.RemoveRange(await context.DeletedTags.Where(tag => again.Contains(tag.Key)).ToListAsync(cancellationToken));
        return null;
    }

    /// <summary>False where somebody stored something since it was read.</summary>
    private async Task<bool> PutAsync(DashboardContext context, int serverId, string revision, DescriptionChange change, (string? Id, string Name)? owner, CancellationToken cancellationToken)
    {
        var row = await context.ServerDescriptions.FirstOrDefaultAsync(known => known.ServerId == serverId, cancellationToken);
        if (row is null)
        {
            context.ServerDescriptions.Add(row = new() { ServerId = serverId });
        }

        if (RevisionOf(row) != revision)
        {
            return false;
        }

        (row.OwnerId, row.OwnerName) = owner ?? (row.OwnerId, row.OwnerName);
        row.Notes = change.Notes?.Trim() ?? row.Notes;
        (row.Revision, row.ChangedAt, row.ChangedBy) = (Random.Shared.NextInt64(1, long.MaxValue), timeProvider.GetUtcNow().UtcDateTime, audit.Caller.Name);
        return true;
    }

    private async Task<ServerDescriptionJson> ReadAsync(DashboardContext context, int serverId, CancellationToken cancellationToken)
    {
        var row = await context.ServerDescriptions.AsNoTracking().FirstOrDefaultAsync(known => known.ServerId == serverId, cancellationToken);
        var tags = await context.ServerTags.Where(pair => pair.ServerId == serverId).Join(context.Tags, pair => pair.TagKey, tag => tag.Key, (_, tag) => tag.Name).ToListAsync(cancellationToken);
        return new()
        {
            Tags = [.. tags.Order(StringComparer.OrdinalIgnoreCase)],
            Owner = row is not { OwnerName.Length: > 0 } ? null : new(row.OwnerId, row.OwnerId is { } id && people.FindName(id) is { } name ? name : row.OwnerName),
            Notes = row?.Notes ?? "",
            Revision = RevisionOf(row),
            ChangedAt = row?.ChangedAt.ToOffset(),
            ChangedBy = row?.ChangedBy,
        };
    }

    private static IEnumerable<string> Parts(DescriptionChange change)
    {
        if (change.Tags is not null)
        {
            yield return "tags";
        }

        if ((change.Owner ?? change.OwnerPerson) is not null)
        {
            yield return "owner";
        }

        if (change.Notes is not null)
        {
            yield return "notes";
        }
    }

    private static string Describe(ServerDescriptionJson description, DescriptionChange change) => string.Join("; ", Parts(change).Select(part => part switch
    {
        "tags" => $"tags {string.Join(", ", description.Tags)}",
        "owner" => $"owner {description.Owner?.Name}",
        _ => $"notes {PlainText.Cut(PlainText.Replace(description.Notes), AuditedLength)}",
    }));

    private Unavailable NotStored(Exception exception, string what)
    {
        health.ReportFailure(StorageFault.Of(exception));
        return new($"{what} {health.Current.Message}");
    }

    private static string RevisionOf(ServerDescriptionEntity? row) => (row?.Revision ?? 0).ToString("x", CultureInfo.InvariantCulture);

    private static Conflict ChangedMeanwhile(string server) => new($"Someone else changed the tags, owner or notes of {server} just now. Nothing was changed. Look at them again.");

    private sealed record StoredChange(ServerDescriptionJson Before, ServerDescriptionJson After);

    private static NotFound Missing(int id) => new($"There is no server {id}.");
}

/// <summary>What people say about a server.</summary>
public sealed record ServerDescriptionJson
{
    /// <summary>By name.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Who looks after it; null where nobody is named.</summary>
    public ServerOwner? Owner { get; init; }

    /// <summary>Plain text; may be empty.</summary>
    public string Notes { get; init; } = "";

    /// <summary>Another text after each change; also the entity tag.</summary>
    public required string Revision { get; init; }

    public DateTimeOffset? ChangedAt { get; init; }

    public string? ChangedBy { get; init; }
}
