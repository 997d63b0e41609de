using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Posture;

/// <summary>
/// Keeps who accepts a finding, why and until when: one row a server and finding, which the newest word replaces. It ends by itself, because only rows whose end lies ahead are read; it hides nothing.
/// </summary>
internal sealed class PostureAcknowledgements(IDbContextFactory<DashboardContext> contexts, PostureService posture, VisibleServers servers, AcceptedFindingsCache cache, AuditTrail audit, StorageHealth health, TimeProvider timeProvider)
{
    /// <summary>So many servers at once; who has more names a site.</summary>
    public const int MaximumServers = 1_000;

    /// <summary>
    /// Accepts a finding on one server, or on all that have it now and that the caller may change. Failures: NotFound (no such server or finding in sight), Forbidden, Invalid, Unavailable (database).
    /// </summary>
    /// <param name="finding">Id of the finding.</param>
    /// <param name="said">Until when, and why.</param>
    /// <param name="serverId">One server; null = all.</param>
    /// <param name="site">Of all, those of this site; null = of all sites.</param>
    /// <param name="cancellationToken">Ends it before anything is stored.</param>
    public async Task<Outcome<PostureAcknowledgementResult>> AddAsync(string finding, NewPostureAcknowledgement said, int? serverId, string? site, CancellationToken cancellationToken)
    {
        var (holders, refusal) = await FindAsync(finding, serverId, site, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        var now = timeProvider.GetUtcNow();
        if (Check(said, now) is { Count: > 0 } errors)
        {
            return Invalid.Of(errors);
        }

        var own = holders.FindAll(row => audit.Caller.May(Permission.Operate, row.Site));
        if (own.Count > MaximumServers)
        {
            return Invalid.Of("site", $"{own.Count} servers have this finding. Allowed: at most {MaximumServers} at once; name a site.");
        }

        Dictionary<int, DateTime> before;
        try
        {
            before = await StoreAsync(own, said, now, cancellationToken);
        }
        catch (DbUpdateException exception) when (StorageFault.Of(exception) == StorageProblem.None)
        {
            return new Conflict("Someone else accepted this finding, or removed the server, at the same moment. Nothing was stored. Look at it again.");
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception);
        }

        cache.Renew();
        foreach (var row in own)
        {
            await WriteAsync("posture.acknowledge", row, before.TryGetValue(row.ServerId, out var until) ? Moment(until.ToOffset()) : "", Moment(said.Until), said.Reason.Trim());
        }

        return new PostureAcknowledgementResult(finding, [.. own.Select(row => row.ServerId)], holders.Count - own.Count);
    }

    /// <summary>Takes it back on one server, or on all in sight that the caller may change. Failures: NotFound (nobody has accepted it), Forbidden, Unavailable (database).</summary>
    public async Task<Outcome<PostureAcknowledgementResult>> RemoveAsync(string finding, int? serverId, string? site, CancellationToken cancellationToken)
    {
        var missing = $"Nobody has accepted {Shown(finding)}{(serverId is { } id ? string.Create(CultureInfo.InvariantCulture, $" on server {id}") : "")}.";
        await servers.WhenLoadedAsync(cancellationToken);
        var now = timeProvider.GetUtcNow().UtcDateTime;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.PostureAcknowledgements
            .Where(row => row.FindingId == finding && row.Until > now && (serverId == null || row.ServerId == serverId))
            .Within(audit.Caller.ScopeOf(Permission.View), context.Servers, row => row.ServerId)
            .ToListAsync(cancellationToken);
        var found = rows.Select(row => (Row: row, Server: servers.Find(row.ServerId))).Where(row => row.Server is not null && (site is null || row.Server.Site == site)).ToList();
        if (found.Count == 0)
        {
            return new NotFound(missing);
        }

        var own = found.FindAll(row => audit.Caller.May(Permission.Operate, row.Server!.Site));
        if (own.Count == 0)
        {
            return audit.Caller.Refusal(Permission.Operate, found[0].Server!.Site, missing)!;
        }

        try
        {
            context.PostureAcknowledgements.RemoveRange(own.Select(row => row.Row));
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

        cache.Renew();
        foreach (var (row, server) in own)
        {
            await audit.WriteAsync(new() { What = "posture.acknowledge-undo", ServerId = server!.Id, ServerName = server.Name, Site = server.Site, Detail = finding, Before = Moment(row.Until.ToOffset()), Outcome = "done" });
        }

        return new PostureAcknowledgementResult(finding, [.. own.Select(row => row.Row.ServerId)], found.Count - own.Count);
    }

    private static List<FieldError> Check(NewPostureAcknowledgement said, DateTimeOffset now)
    {
        List<FieldError> errors = [];
        if (said.Until <= now || said.Until > now.AddDays(NewPostureAcknowledgement.MaximumDays))
        {
            errors.Add(new("until", $"\"until\" is {Moment(said.Until)}. Allowed: later than now ({Moment(now)}), and at most {NewPostureAcknowledgement.MaximumDays} days ahead."));
        }

        if (said.Reason.Trim().Length is 0 or > NewPostureAcknowledgement.MaximumReasonLength || !PlainText.IsPlain(said.Reason, mayBreak: true))
        {
            errors.Add(new("reason", $"The reason has {said.Reason.Trim().Length} characters. Allowed: 1 to {NewPostureAcknowledgement.MaximumReasonLength}, without control and format characters."));
        }

        return errors;
    }

    /// <summary>The servers in sight that have the finding, at least one of them the caller's to change; or why there is none.</summary>
    private async Task<(List<PostureRow> Holders, Failure? Refusal)> FindAsync(string finding, int? serverId, string? site, CancellationToken cancellationToken)
    {
        var missing = serverId is { } id ? string.Create(CultureInfo.InvariantCulture, $"Server {id} doesn't have the finding {Shown(finding)}, or there is no such server.") : $"No server has the finding {Shown(finding)}.";
        List<PostureRow> holders = [.. await posture.FindHoldersAsync(finding, site, serverId, cancellationToken)];
        return holders.Count == 0 ? ([], new NotFound(missing))
            : holders.Exists(row => audit.Caller.May(Permission.Operate, row.Site)) ? (holders, null)
            : ([], audit.Caller.Refusal(Permission.Operate, holders[0].Site, missing));
    }

    /// <summary>Stores all of them, or none. The value is the end that was there before, by server.</summary>
    private async Task<Dictionary<int, DateTime>> StoreAsync(List<PostureRow> rows, NewPostureAcknowledgement said, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var finding = rows[0].Finding.Id;
        var ids = rows.ConvertAll(row => row.ServerId);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var known = await context.PostureAcknowledgements.Where(row => row.FindingId == finding && ids.Contains(row.ServerId)).ToDictionaryAsync(row => row.ServerId, cancellationToken);
        var before = known.Values.Where(row => row.Until > now.UtcDateTime).ToDictionary(row => row.ServerId, row => row.Until);
        foreach (var row in rows)
        {
            var isKnown = known.TryGetValue(row.ServerId, out var entity);
            entity ??= new PostureAcknowledgementEntity { ServerId = row.ServerId, FindingId = finding, Reason = "", Who = "" };
            entity.Severity = row.Finding.Severity;
            entity.Until = said.Until.UtcDateTime;
            entity.Reason = said.Reason.Trim();
            entity.At = now.UtcDateTime;
            entity.Who = audit.Caller.Name;
            if (!isKnown)
            {
                context.PostureAcknowledgements.Add(entity);
            }
        }

        await context.SaveChangesAsync(cancellationToken);
        return before;
    }

    private Task WriteAsync(string what, PostureRow row, string before, string after, string reason) =>
        audit.WriteAsync(new() { What = what, ServerId = row.ServerId, ServerName = row.ServerName, Site = row.Site, Detail = row.Finding.Id, Before = before, After = after, Ticket = reason, Outcome = "done" });

    private Unavailable NotStored(Exception exception)
    {
        health.ReportFailure(StorageFault.Of(exception));
        return new($"Nothing was stored. {health.Current.Message}");
    }

    private static string Moment(DateTimeOffset at) => Wording.Time(at);

    private static string Shown(string finding) => $"\"{PlainText.Cut(PlainText.Replace(finding), PostureQuery.MaximumFindingLength)}\"";
}
