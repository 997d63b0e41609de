using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Causes;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Disputes;

/// <summary>Keeps who says that a named cause isn't the cause. It changes neither rules nor certainty: a person reads it, and whoever writes the rules.</summary>
internal sealed class CauseDisputeService(IDbContextFactory<DashboardContext> contexts, SyncRunExplanationService explanations, VisibleServers servers, AuditTrail audit, StorageHealth health, TimeProvider timeProvider)
{
    public const int MaximumExportedRows = 10_000;

    /// <summary>So many words are kept of one run.</summary>
    private const int MostOfARun = 20;

    private static readonly string Version = typeof(CauseDisputeService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>Newest first.</summary>
    public async Task<Paged<CauseDispute>> GetPageAsync(CauseDisputeQuery query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = Filter(context, query);
        var size = Math.Clamp(query.PageSize, 1, CauseDisputeQuery.MaximumPageSize);
        var total = await rows.CountAsync(cancellationToken);
        var page = Math.Clamp(query.Page, 1, Math.Max(1, (total + size - 1) / size));
        return new(await ReadAsync(context, rows.OrderByDescending(row => row.Id).Skip((page - 1) * size).Take(size), cancellationToken), total, page, size);
    }

    /// <summary>What is said of one run, oldest first; also where it was said of the other source's view of the same run.</summary>
    public async Task<IReadOnlyList<CauseDispute>> GetOfRunAsync(int serverId, string runId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var ids = await explanations.FindViewsAsync(serverId, runId, cancellationToken);
        return await ReadAsync(context, Filter(context, new() { ServerId = serverId }).Where(row => ids.Contains(row.RunId)).OrderBy(row => row.Id).Take(MostOfARun), cancellationToken);
    }

    /// <summary>Says that a cause isn't it. Failures: NotFound, Forbidden, Invalid, Conflict (said already, or nothing to dispute), Unavailable (database).</summary>
    public async Task<Outcome<CauseDispute>> AddAsync(int serverId, string runId, NewCauseDispute said, CancellationToken cancellationToken)
    {
        var missing = $"There is no sync {PlainText.Cut(PlainText.Replace(runId), 100)} on server {serverId}.";
        if (servers.Find(serverId) is not { } server || await explanations.GetAsync(serverId, runId, cancellationToken) is not { } explanation)
        {
            return new NotFound(missing);
        }

        if (audit.Caller.Refusal(Permission.Operate, server.Site, missing) is { } refusal)
        {
            return refusal;
        }

        if (explanation.Causes is not [var first, ..])
        {
            return new Conflict($"This sync on {server.Name} has no cause to dispute: it succeeded, is still running, or was interrupted by a repair.");
        }

        if (Check(said, explanation) is { Count: > 0 } errors)
        {
            return Invalid.Of(errors);
        }

        var cause = explanation.Causes.First(cause => cause.Id == (said.Cause ?? first.Id));
        var (entity, obstacle) = await StoreAsync(explanation, cause, said, cancellationToken);
        if (entity is null)
        {
            return obstacle!;
        }

        await WriteAsync("cause.dispute", entity, server.Name, server.Site);
        return ToView(entity, server.Name, server.Site);
    }

    /// <summary>Takes it back. Failures: NotFound, Forbidden (neither its author nor an administrator of the site), Unavailable (database).</summary>
    public async Task<Outcome<Done>> RemoveAsync(long id, CancellationToken cancellationToken)
    {
        var missing = $"There is no disputed cause {id}.";
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await context.CauseDisputes.Where(row => row.Id == id).Join(context.Servers, row => row.ServerId, server => server.Id, (row, server) => new { Row = row, server.Name, server.Site }).FirstOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            return new NotFound(missing);
        }

        if (audit.Caller.Refusal(IsOwn(found.Row) ? Permission.Operate : Permission.ManageServers, found.Site, missing) is { } refusal)
        {
            return refusal;
        }

        try
        {
            context.CauseDisputes.Remove(found.Row);
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return new NotFound(missing);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception);
        }

        await WriteAsync("cause.dispute-undo", found.Row, found.Name, found.Site);
        return Done.Instance;
    }

    /// <summary>What may be given away, newest first, at most <see cref="MaximumExportedRows"/>: without servers, sites and people.</summary>
    /// <param name="query">Which.</param>
    /// <param name="withComments">With what people wrote, which may name anybody.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<ExportedDispute> ExportAsync(CauseDisputeQuery query, bool withComments, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await foreach (var row in Filter(context, query).OrderByDescending(row => row.Id).Take(MaximumExportedRows).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            yield return new()
            {
                Id = row.Id,
                Day = DateOnly.FromDateTime(row.At),
                ProductVersion = row.ProductVersion,
                Cause = row.CauseId,
                Confidence = row.Confidence,
                ActualCause = row.ActualCauseId,
                Case = JsonColumn.Read(row.Case, DisputedCase.Empty),
                Comment = withComments ? row.Comment : null,
            };
        }
    }

    private static List<FieldError> Check(NewCauseDispute said, SyncRunExplanation explanation)
    {
        List<FieldError> errors = [];
        if (said.Cause is { } named && explanation.Causes.All(cause => cause.Id != named))
        {
            errors.Add(new("cause", $"\"{PlainText.Cut(PlainText.Replace(named), 100)}\" is not a cause listed for this sync. Allowed: {string.Join(", ", explanation.Causes.Select(cause => cause.Id))}."));
        }

        if (said.ActualCause is { } actual && !NewCauseDispute.ActualCauses.Contains(actual))
        {
            errors.Add(new("actualCause", $"\"{PlainText.Cut(PlainText.Replace(actual), 100)}\" is not a known cause. Allowed: {string.Join(", ", NewCauseDispute.ActualCauses)}."));
        }
        else if (said.ActualCause is not null && said.ActualCause == (said.Cause ?? explanation.Causes[0].Id))
        {
            errors.Add(new("actualCause", $"\"{said.ActualCause}\" is the cause you dispute. Allowed: another one, or none."));
        }

        if (said.Comment.Length > NewCauseDispute.MaximumCommentLength || !PlainText.IsPlain(said.Comment, mayBreak: true))
        {
            errors.Add(new("comment", $"The comment has {said.Comment.Length} characters. Allowed: at most {NewCauseDispute.MaximumCommentLength}, without control and format characters."));
        }

        return errors;
    }

    private async Task<(CauseDisputeEntity? Entity, Failure? Obstacle)> StoreAsync(SyncRunExplanation explanation, RankedCause cause, NewCauseDispute said, CancellationToken cancellationToken)
    {
        var run = explanation.Row.Run;
        var entity = new CauseDisputeEntity
        {
            ServerId = explanation.Row.ServerId,
            RunId = run.Id,
            RunStartedAt = run.StartedAt.UtcDateTime,
            CauseId = cause.Id,
            Confidence = cause.Confidence,
            ActualCauseId = said.ActualCause,
            Comment = said.Comment.Trim(),
            At = timeProvider.GetUtcNow().UtcDateTime,
            Who = audit.Caller.Name,
            PersonId = audit.Caller.Identity.PersonId,
            ProductVersion = Version,
            Case = JsonSerializer.Serialize(DisputedCases.Of(explanation, servers.GetAll()), JsonColumn.Json),
        };
        var ids = new[] { run.Id, explanation.OtherView?.Id ?? run.Id };
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var known = await context.CauseDisputes.Where(row => row.ServerId == entity.ServerId && ids.Contains(row.RunId)).Select(row => new { row.CauseId, row.PersonId }).ToListAsync(cancellationToken);
        if (known.Exists(row => row.CauseId == cause.Id && row.PersonId == entity.PersonId))
        {
            return (null, Said(explanation.Row.ServerName));
        }

        if (known.Count >= MostOfARun)
        {
            return (null, new Conflict($"This sync on {explanation.Row.ServerName} has {known.Count} disputes already. Allowed: at most {MostOfARun}."));
        }

        try
        {
            context.CauseDisputes.Add(entity);
            await context.SaveChangesAsync(cancellationToken);
            return (entity, null);
        }
        catch (DbUpdateException exception) when (StorageFault.Of(exception) == StorageProblem.None)
        {
            // Two clicks at once: the other one was first.
            return (null, Said(explanation.Row.ServerName));
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return (null, NotStored(exception));
        }
    }

    private static Conflict Said(string serverName) => new($"You've already said so about this sync on {serverName}. To say something else, undo that first.");

    private Unavailable NotStored(Exception exception)
    {
        health.ReportFailure(StorageFault.Of(exception));
        return new($"Nothing was stored. {health.Current.Message}");
    }

    private bool IsOwn(CauseDisputeEntity row) => row.PersonId.Length > 0 && row.PersonId == audit.Caller.Identity.PersonId;

    private IQueryable<CauseDisputeEntity> Filter(DashboardContext context, CauseDisputeQuery query)
    {
        var rows = context.CauseDisputes.AsNoTracking().Within(audit.Caller.ScopeOf(Permission.View), context.Servers, row => row.ServerId);
        rows = query.ServerId is { } server ? rows.Where(row => row.ServerId == server) : rows;
        rows = query.Site is { Length: > 0 } site ? rows.Where(row => context.Servers.Any(known => known.Id == row.ServerId && known.Site == site)) : rows;
        return query.Cause is { Length: > 0 } cause ? rows.Where(row => row.CauseId == cause) : rows;
    }

    private async Task<IReadOnlyList<CauseDispute>> ReadAsync(DashboardContext context, IQueryable<CauseDisputeEntity> rows, CancellationToken cancellationToken)
    {
        var found = await rows.ToListAsync(cancellationToken);
        var ids = found.Select(row => row.ServerId).Distinct().ToList();
        var known = await context.Servers.Where(server => ids.Contains(server.Id)).Select(server => new { server.Id, server.Name, server.Site }).ToDictionaryAsync(server => server.Id, cancellationToken);
        return [.. found.Where(row => known.ContainsKey(row.ServerId)).Select(row => ToView(row, known[row.ServerId].Name, known[row.ServerId].Site))];
    }

    private CauseDispute ToView(CauseDisputeEntity row, string serverName, string site) => new()
    {
        Id = row.Id,
        ServerId = row.ServerId,
        ServerName = serverName,
        Site = site,
        RunId = row.RunId,
        RunStartedAt = row.RunStartedAt.ToOffset(),
        Cause = row.CauseId,
        Confidence = row.Confidence,
        ActualCause = row.ActualCauseId,
        Comment = row.Comment,
        At = row.At.ToOffset(),
        By = row.Who,
        ProductVersion = row.ProductVersion,
        IsUndoable = audit.Caller.May(IsOwn(row) ? Permission.Operate : Permission.ManageServers, site),
    };

    private Task WriteAsync(string what, CauseDisputeEntity row, string serverName, string site) => audit.WriteAsync(new AuditNote
    {
        What = what,
        ServerId = row.ServerId,
        ServerName = serverName,
        Site = site,
        Detail = $"{CauseCatalog.NameOf(row.CauseId) ?? row.CauseId}, sync {row.RunId}{(row.Comment.Length > 0 ? $": {row.Comment}" : "")}",
        Before = row.CauseId,
        After = row.ActualCauseId ?? "",
        Outcome = "done",
    });
}
