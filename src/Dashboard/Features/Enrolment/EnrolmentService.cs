using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Features.Enrolment;

/// <summary>A new enrolment token; its text is shown once.</summary>
/// <param name="Id">The part that is no secret.</param>
/// <param name="Token">The whole text, for the installation of agents.</param>
/// <param name="ExpiresAt">UTC time of its end.</param>
public sealed record NewEnrolmentToken(string Id, string Token, DateTimeOffset ExpiresAt);

/// <summary>Issues and revokes enrolment tokens, and admits the servers that came with one. For administrators of the token's site.</summary>
internal sealed class EnrolmentService(IDbContextFactory<DashboardContext> contexts, HubIdentity hub, EnrolmentRegistrar registrar, AuditTrail audit, TimeProvider timeProvider)
{
    public const int MaximumUses = 10_000;
    public const int MaximumHours = 24 * 365;
    public const int MaximumLabelLength = 100;

    /// <summary>Rows of one answer.</summary>
    private const int MaximumTokens = 100;
    private const int MaximumWaiting = 200;

    /// <summary>Failures: Invalid, Forbidden.</summary>
    public async Task<Outcome<NewEnrolmentToken>> IssueAsync(string label, string site, int uses, int hours, bool admits, CancellationToken cancellationToken)
    {
        List<FieldError> errors = [];
        Check(errors, "uses", uses, MaximumUses);
        Check(errors, "hours", hours, MaximumHours);
        if (label.Trim().Length > MaximumLabelLength || site.Trim().Length > ServerInput.MaximumSiteLength || !PlainText.IsPlain(label.Trim()) || !PlainText.IsPlain(site.Trim()))
        {
            errors.Add(new("label", $"The label or the site is too long, or has control or format characters. Allowed: at most {MaximumLabelLength} characters for the label, {ServerInput.MaximumSiteLength} for the site."));
        }

        if (errors.Count > 0)
        {
            return Invalid.Of(errors);
        }

        if (audit.Caller.Refusal(Permission.ManageServers, site.Trim(), "There is no such site.") is { } refusal)
        {
            return refusal;
        }

        var token = EnrolmentToken.Create(hub.Keys.Current.Pin);
        var now = timeProvider.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.EnrolmentTokens.Add(new EnrolmentTokenEntity
        {
            Id = token.Id,
            SecretHash = EnrolmentToken.Hash(token.Secret),
            Label = label.Trim(),
            Site = site.Trim(),
            Admits = admits,
            MaximumUses = uses,
            CreatedAt = now.UtcDateTime,
            CreatedBy = audit.Caller.Name,
            ExpiresAt = now.AddHours(hours).UtcDateTime,
        });
        await context.SaveChangesAsync(cancellationToken);
        await WriteAsync("enrolment.issue", site.Trim(), $"{token.Id}, {uses} uses, {hours} h{(admits ? ", admits" : "")}");
        return new NewEnrolmentToken(token.Id, token.ToText(), now.AddHours(hours));
    }

    /// <summary>Newest first, at most a hundred; those of sites that the caller manages.</summary>
    public async Task<IReadOnlyList<EnrolmentTokenEntity>> ListTokensAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var sites = await ManagedAsync(context.EnrolmentTokens.Select(token => token.Site), cancellationToken);
        return await context.EnrolmentTokens.AsNoTracking().Where(token => sites.Contains(token.Site)).OrderByDescending(token => token.CreatedAt).Take(MaximumTokens).ToListAsync(cancellationToken);
    }

    /// <summary>Oldest first, at most two hundred; those of sites that the caller manages.</summary>
    public async Task<IReadOnlyList<AdmissionEntity>> ListWaitingAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var sites = await ManagedAsync(context.Admissions.Select(admission => admission.Site), cancellationToken);
        return await context.Admissions.AsNoTracking().Where(admission => sites.Contains(admission.Site)).OrderBy(admission => admission.Id).Take(MaximumWaiting).ToListAsync(cancellationToken);
    }

    /// <summary>Asked before the rows are counted: others' rows must not stand in the place of one's own.</summary>
    private async Task<List<string>> ManagedAsync(IQueryable<string> sites, CancellationToken cancellationToken) =>
        [.. (await sites.Distinct().ToListAsync(cancellationToken)).Where(site => audit.Caller.May(Permission.ManageServers, site))];

    /// <summary>Failures: NotFound.</summary>
    public async Task<Outcome<Done>> RevokeAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var token = await context.EnrolmentTokens.FirstOrDefaultAsync(entity => entity.Id == id, cancellationToken);
        if (token is null || !audit.Caller.May(Permission.ManageServers, token.Site))
        {
            return new NotFound($"There is no enrolment token {id}.");
        }

        token.RevokedAt ??= timeProvider.GetUtcNow().UtcDateTime;
        await context.SaveChangesAsync(cancellationToken);
        await WriteAsync("enrolment.revoke", token.Site, id);
        return Done.Instance;
    }

    /// <summary>Takes a waiting server into the fleet, or refuses it. Failures: NotFound, Conflict.</summary>
    public async Task<Outcome<Done>> DecideAsync(int id, bool admit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var admission = await context.Admissions.FirstOrDefaultAsync(entity => entity.Id == id, cancellationToken);
        if (admission is null || !audit.Caller.May(Permission.ManageServers, admission.Site))
        {
            return new NotFound($"No server with id {id} is waiting to be admitted.");
        }

        if (admit)
        {
            var agent = new EnrolledAgent(admission.AgentPin, admission.AgentId, audit.Caller.Name);
            if (await registrar.AddAsync(admission.ComputerName, admission.Address, admission.Site, agent, cancellationToken) is { } failure)
            {
                return failure;
            }
        }

        var note = new AuditNote { What = admit ? "enrolment.admit" : "enrolment.refuse", Site = admission.Site, Detail = $"{admission.ComputerName} at {admission.Address}", Outcome = "done" };
        if (!admit)
        {
            // The agent is told, and forgets this dashboard.
            var intent = await audit.WriteIntentAsync(note);
            if (!intent.IsSuccess)
            {
                return intent.Failure;
            }

            note = note with { Intent = intent.Value };
        }

        var wasTold = admit || await registrar.TellRefusedAsync(admission, audit.Caller.Name, cancellationToken);
        context.Admissions.Remove(admission);
        await context.SaveChangesAsync(cancellationToken);
        registrar.EndWaiting(admission);
        await audit.WriteAsync(note with { Outcome = wasTold ? "done" : "done, but the agent couldn't be told: it trusts this dashboard until someone runs \"WsusDashboard.Agent unpair\" there" });
        return Done.Instance;
    }

    private static void Check(List<FieldError> errors, string field, int value, int maximum)
    {
        if (value < 1 || value > maximum)
        {
            errors.Add(new(field, $"{field} is {value}. Allowed: 1 to {maximum}."));
        }
    }

    private Task WriteAsync(string what, string site, string detail) => audit.WriteAsync(new() { What = what, Site = site, Detail = detail, Outcome = "done" });
}
