using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.SavedViews;

/// <summary>What to change of a view; null leaves it as it is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Query">What stands behind the "?" of the fleet page's address.</param>
/// <param name="IsShared">True: everyone sees it; false: only the caller.</param>
internal sealed record ViewChange(string? Name = null, string? Query = null, bool? IsShared = null);

/// <summary>Keeps looks at the fleet under a name: a person's own, and those that all share. A view shows only servers that its reader may see.</summary>
internal sealed class SavedViewService(IDbContextFactory<DashboardContext> contexts, ServerDescriptionReader descriptions, AuditTrail audit, StorageHealth health, TimeProvider timeProvider)
{
    public const int MaximumNameLength = 60;
    public const int MaximumQueryLength = 1_000;

    /// <summary>Of one person.</summary>
    public const int MaximumOwn = 50;

    public const int MaximumShared = 100;

    /// <summary>The owner of what all share.</summary>
    private const string Everyone = "";

    private Caller Caller => audit.Caller;

    /// <summary>True where the caller may change what all see: who manages the servers of the whole fleet.</summary>
    public bool MayShare => Caller.ScopeOf(Permission.ManageServers).IsWholeFleet;

    /// <summary>True where the caller has an account, and so can have views.</summary>
    public bool MayOwn => Caller.Identity.PersonId.Length > 0;

    /// <summary>Own ones first, then those that are shared, by name. Failure: Unavailable (database).</summary>
    public async Task<Outcome<IReadOnlyList<SavedView>>> GetAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var rows = await Visible(context).AsNoTracking().OrderBy(view => view.PersonId == Everyone ? 1 : 0).ThenBy(view => view.NameKey).ThenBy(view => view.Id).ToListAsync(cancellationToken);
            return rows.ConvertAll(ToView);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception, "Saved views can't be read right now.");
        }
    }

    /// <summary>Failures: NotFound, Unavailable.</summary>
    public async Task<Outcome<SavedView>> FindAsync(int id, CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            return await Visible(context).AsNoTracking().FirstOrDefaultAsync(view => view.Id == id, cancellationToken) is { } row ? ToView(row) : Missing(id);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception, "Saved views can't be read right now.");
        }
    }

    /// <summary>Failures: Forbidden (shared), Invalid, Conflict (the name is taken), Unavailable.</summary>
    public Task<Outcome<SavedView>> AddAsync(string name, string query, bool isShared, CancellationToken cancellationToken) =>
        SaveAsync(null, new(name, query, isShared), null, "view.add", cancellationToken);

    /// <summary>Failures: NotFound, Forbidden, Invalid, Conflict, Unavailable.</summary>
    /// <param name="id">The view.</param>
    /// <param name="change">What to change.</param>
    /// <param name="revision">As it was shown; null replaces it however it is now.</param>
    /// <param name="cancellationToken">Gives up before anything is stored.</param>
    public Task<Outcome<SavedView>> ChangeAsync(int id, ViewChange change, string? revision, CancellationToken cancellationToken) => SaveAsync(id, change, revision, "view.edit", cancellationToken);

    /// <summary>Failures: NotFound, Forbidden, Unavailable.</summary>
    public async Task<Outcome<Done>> DeleteAsync(int id, CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            if (await Visible(context).FirstOrDefaultAsync(view => view.Id == id, cancellationToken) is not { } row)
            {
                return Missing(id);
            }

            if (row.PersonId == Everyone && NotToShare() is { } refusal)
            {
                return refusal;
            }

            context.SavedViews.Remove(row);
            await context.SaveChangesAsync(cancellationToken);
            await WriteAsync("view.delete", row, Describe(row), "");
            return Done.Instance;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Missing(id);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception, "Nothing was deleted.");
        }
    }

    /// <summary>What stands behind the "?" as it is kept: only what differs from the default, from the first page. Null where something of it is no part of a view.</summary>
    internal static string? ReadQuery(string query, out string? wrong)
    {
        wrong = null;
        var text = query.Trim().TrimStart('?');
        var address = FleetQuery.FromUri("/?" + text);
        var kept = (address with { Page = 1 }).ToUri();
        var known = QueryHelpers.ParseQuery(address.ToUri().TrimStart('/'));
        wrong = QueryHelpers.ParseQuery(text).Keys.FirstOrDefault(name => name != "page" && !known.ContainsKey(name));
        return wrong is null && kept.Length <= MaximumQueryLength ? kept.TrimStart('/').TrimStart('?') : null;
    }

    private async Task<Outcome<SavedView>> SaveAsync(int? id, ViewChange change, string? revision, string what, CancellationToken cancellationToken)
    {
        var errors = Check(change, out var query);
        if (errors.Count > 0)
        {
            return Invalid.Of(errors);
        }

        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var row = id is { } known ? await Visible(context).FirstOrDefaultAsync(view => view.Id == known, cancellationToken) : new() { PersonId = "", Name = "", NameKey = "", Query = "" };
            if (row is null)
            {
                return Missing(id!.Value);
            }

            if (revision is not null && revision != RevisionOf(row))
            {
                return new Conflict($"{row.ChangedBy} changed the view \"{row.Name}\" since you looked. Nothing was changed. Look at it again.");
            }

            var (before, wasShared) = (Describe(row), id is not null && row.PersonId == Everyone);
            var isShared = change.IsShared ?? wasShared;
            if ((wasShared || isShared) && NotToShare() is { } refusal)
            {
                return refusal;
            }

            if (!isShared && !MayOwn)
            {
                return Invalid.Of("shared", "This token belongs to nobody, so it can't have views of its own. Allowed: shared views.");
            }

            row.PersonId = isShared ? Everyone : Caller.Identity.PersonId;
            row.Name = change.Name?.Trim() ?? row.Name;
            (row.NameKey, row.Query) = (row.Name.ToLowerInvariant(), query ?? row.Query);
            (row.Revision, row.ChangedAt, row.ChangedBy) = (Random.Shared.NextInt64(1, long.MaxValue), timeProvider.GetUtcNow().UtcDateTime, Caller.Name);
            if (await FindObstacleAsync(context, row, cancellationToken) is { } obstacle)
            {
                return obstacle;
            }

            if (id is null)
            {
                context.SavedViews.Add(row);
            }

            await context.SaveChangesAsync(cancellationToken);
            await WriteAsync(what, row, id is null ? "" : before, Describe(row));
            return ToView(row);
        }
        catch (DbUpdateException exception) when (StorageFault.Of(exception) == StorageProblem.None)
        {
            return new Conflict("Someone else changed this view, or saved one of the same name, just now. Nothing was saved. Look again.");
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception, "Nothing was saved.");
        }
    }

    private static List<FieldError> Check(ViewChange change, out string? query)
    {
        List<FieldError> errors = [];
        query = null;
        if (change.Name?.Trim() is { } name && (name.Length is 0 or > MaximumNameLength || !PlainText.IsPlain(name)))
        {
            errors.Add(new("name", $"\"name\" has {name.Length} characters. Allowed: 1 to {MaximumNameLength} on one line, without control and format characters."));
        }

        if (change.Query is { } text && (text.Length > MaximumQueryLength || !PlainText.IsPlain(text)))
        {
            errors.Add(new("query", $"\"query\" has {text.Length} characters. Allowed: at most {MaximumQueryLength}, as they stand behind the \"?\" of the fleet page's address."));
        }
        else if (change.Query is not null && (query = ReadQuery(change.Query, out var wrong)) is null)
        {
            errors.Add(new("query", wrong is null
                ? $"\"query\" is too long. Allowed: at most {MaximumQueryLength} characters."
                : $"\"{PlainText.Cut(PlainText.Replace(wrong), MaximumNameLength)}\" in \"query\" isn't something the fleet page shows differently for, or its value isn't known. Allowed: what stands behind the \"?\" of the fleet page's address."));
        }

        return errors;
    }

    /// <summary>Null where the name is free and there is room.</summary>
    private static async Task<Failure?> FindObstacleAsync(DashboardContext context, SavedViewEntity row, CancellationToken cancellationToken)
    {
        var others = context.SavedViews.Where(view => view.PersonId == row.PersonId && view.Id != row.Id);
        if (await others.AnyAsync(view => view.NameKey == row.NameKey, cancellationToken))
        {
            return new Conflict($"There is a view called \"{row.Name}\" already. Nothing was saved. Choose another name, or change that view.");
        }

        var most = row.PersonId == Everyone ? MaximumShared : MaximumOwn;
        return await others.CountAsync(cancellationToken) >= most
            ? Invalid.Of("name", $"There are {most} {(row.PersonId == Everyone ? "shared views" : "views of your own")} already. Allowed: at most {most}. Delete one first.")
            : null;
    }

    private IQueryable<SavedViewEntity> Visible(DashboardContext context)
    {
        var person = Caller.Identity.PersonId;
        return context.SavedViews.Where(view => view.PersonId == Everyone || view.PersonId == person);
    }

    private Failure? NotToShare() => MayShare ? null
        : Caller.Refusal(Permission.ManageServers) ?? new Forbidden("Shared views are for everyone, so changing one needs the role Admin for the whole fleet. Nothing was changed. Save it as your own.");

    private SavedView ToView(SavedViewEntity row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Query = row.Query,
        IsShared = row.PersonId == Everyone,
        MayChange = row.PersonId != Everyone || MayShare,
        DeletedTag = FleetQuery.FromUri("/?" + row.Query).Tag is { } tag ? descriptions.Tags.FindDeleted(tag) : null,
        Revision = RevisionOf(row),
        ChangedAt = row.ChangedAt.ToOffset(),
        ChangedBy = row.ChangedBy,
    };

    private Task WriteAsync(string what, SavedViewEntity row, string before, string after) =>
        audit.WriteAsync(new() { What = what, Detail = row.PersonId == Everyone ? $"{row.Name} (shared)" : row.Name, Before = before, After = after, Outcome = "done" });

    private static string Describe(SavedViewEntity row) => $"{row.Name}: {row.Query}{(row.PersonId == Everyone ? " (shared)" : "")}";

    private static string RevisionOf(SavedViewEntity row) => row.Revision.ToString("x", CultureInfo.InvariantCulture);

    private Unavailable NotStored(Exception exception, string what)
    {
        health.ReportFailure(StorageFault.Of(exception));
        return new($"{what} {health.Current.Message}");
    }

    private static NotFound Missing(int id) => new(string.Create(CultureInfo.InvariantCulture, $"There is no view {id}."));
}

/// <summary>A look at the fleet under a name.</summary>
public sealed record SavedView
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    /// <summary>What stands behind the "?" of the fleet page's address.</summary>
    public required string Query { get; init; }

    /// <summary>True where everyone sees it.</summary>
    public bool IsShared { get; init; }

    /// <summary>True where you may rename or delete it.</summary>
    public bool MayChange { get; init; }

    /// <summary>The tag that it filters by, where that was deleted: then it finds no server.</summary>
    public DeletedTag? DeletedTag { get; init; }

    /// <summary>Another text after each change; also the entity tag.</summary>
    public required string Revision { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    public string ChangedBy { get; init; } = "";

    internal string Href => Query.Length == 0 ? Links.Fleet : $"{Links.Fleet}?{Query}";
}
