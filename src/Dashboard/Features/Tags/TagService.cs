using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Tags;

/// <summary>Lists tags, says where one is used, and deletes it. Tags are made where a server gets them.</summary>
internal sealed class TagService(IDbContextFactory<DashboardContext> contexts, ServerDescriptionReader descriptions, VisibleServers servers, IEnumerable<ITagUse> uses, AuditTrail audit, StorageHealth health, TimeProvider timeProvider)
{
    /// <summary>Of each kind, so many are named.</summary>
    public const int NamedUses = 100;

    /// <summary>A tag goes from servers of all sites.</summary>
    public bool MayDelete => audit.Caller.ScopeOf(Permission.ManageServers).IsWholeFleet;

    /// <summary>The tags of servers in sight; who sees the whole fleet is told those, too, that no server has. By name.</summary>
    public Paged<TagCount> GetPage(int page, int pageSize)
    {
        var found = GetAll();
        var place = Math.Clamp(page, 1, Math.Max(1, (found.Count + pageSize - 1) / pageSize));
        return new([.. found.Skip((place - 1) * pageSize).Take(pageSize)], found.Count, place, pageSize);
    }

    /// <inheritdoc cref="GetPage"/>
    public IReadOnlyList<TagCount> GetAll()
    {
        var used = servers.GetDigest().Tags;
        return audit.Caller.ScopeOf(Permission.View).IsWholeFleet
            ? [.. descriptions.Tags.Names.Select(name => new TagCount(name, used.FirstOrDefault(count => count.Tag.Equals(name, StringComparison.OrdinalIgnoreCase))?.Servers ?? 0))]
            : used;
    }

    /// <summary>Who deleted a tag, and when; null where it is there, or never was.</summary>
    public DeletedTag? FindDeleted(string tag) => descriptions.Tags.FindDeleted(tag);

    /// <summary>Where a tag is used. Failures: NotFound, Forbidden (only who may delete it is told of other people's), Unavailable.</summary>
    public async Task<Outcome<TagDetail>> FindAsync(string tag, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var key = TagRules.KeyOf(tag);
            return await context.Tags.AsNoTracking().FirstOrDefaultAsync(row => row.Key == key, cancellationToken) is { } known
                ? new TagDetail(known.Name, await FindUsesAsync(context, key, cancellationToken))
                : Missing(tag);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception, "Nothing can be read right now.");
        }
    }

    /// <summary>Deletes a tag from every server; what filters by it stays, and says that it was deleted. Failures: NotFound, Forbidden, Unavailable.</summary>
    public async Task<Outcome<TagDeletion>> DeleteAsync(string tag, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        var (key, now, by) = (TagRules.KeyOf(tag), timeProvider.GetUtcNow(), audit.Caller.Name);
        TagDeletion deletion;
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            if (await context.Tags.FirstOrDefaultAsync(row => row.Key == key, cancellationToken) is not { } known)
            {
                return Missing(tag);
            }

            deletion = new(known.Name, now, by, await FindUsesAsync(context, key, cancellationToken));
            context.Tags.Remove(known);
            context.DeletedTags.Add(new() { Key = key, Name = known.Name, At = now.UtcDateTime, By = by });
            await context.SaveChangesAsync(cancellationToken);
            var oldest = context.DeletedTags.OrderByDescending(row => row.At).ThenBy(row => row.Key).Skip(TagRules.MaximumDeleted).Select(row => row.Key);
            await context.DeletedTags.Where(row => oldest.Contains(row.Key)).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (StorageFault.Of(exception) == StorageProblem.None)
        {
            return Missing(tag);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception, "Nothing was deleted.");
        }

        await descriptions.ReloadAsync(cancellationToken);
        await audit.WriteAsync(new()
        {
            What = "tag.delete",
            Detail = deletion.Tag,
            Before = string.Join(", ", deletion.Uses.Select(use => string.Create(CultureInfo.InvariantCulture, $"{use.Kind}: {use.Total}"))),
            Outcome = "done",
        });
        return deletion;
    }

    private async Task<IReadOnlyList<TagUses>> FindUsesAsync(DashboardContext context, string key, CancellationToken cancellationToken)
    {
        List<TagUses> found = [];
        foreach (var use in uses.OrderBy(use => use.Kind, StringComparer.Ordinal))
        {
            found.Add(await use.FindAsync(context, key, NamedUses, cancellationToken));
        }

        return found;
    }

    private Failure? Refusal() => MayDelete ? null
        : audit.Caller.Refusal(Permission.ManageServers) ?? new Forbidden("Tags are shared by all sites, so deleting one needs the role Admin for the whole fleet. Nothing was changed.");

    private Unavailable NotStored(Exception exception, string what)
    {
        health.ReportFailure(StorageFault.Of(exception));
        return new($"{what} {health.Current.Message}");
    }

    private static NotFound Missing(string tag) => new($"There is no tag \"{TagRules.Shown(tag)}\".");
}

/// <summary>A tag and where it is used.</summary>
/// <param name="Tag">Its name.</param>
/// <param name="Uses">One for each kind.</param>
public sealed record TagDetail(string Tag, IReadOnlyList<TagUses> Uses);

/// <summary>A tag that was just deleted.</summary>
/// <param name="Tag">Its name.</param>
/// <param name="At">UTC.</param>
/// <param name="By">Who deleted it.</param>
/// <param name="Uses">Where it was used. Servers have lost it; views still name it and say that it's gone.</param>
public sealed record TagDeletion(string Tag, DateTimeOffset At, string By, IReadOnlyList<TagUses> Uses);
