using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Agents.Trust;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Features.Enrolment;

/// <summary>Takes agents that register themselves with a token. The secret came over TLS to this dashboard's own key; the agent's key is the one of that connection.</summary>
internal sealed class EnrolmentRegistrar(
    IDbContextFactory<DashboardContext> contexts, HubIdentity hub, AgentProbe probe, OutboundAgents outbound, ServerService servers, ServerTrusts trusts, EnrolmentAudit audit, Announcements announcements, TimeProvider timeProvider)
{
    private const string UsedUp = "Another server just took the last use of this token.";
    private const int MaximumNameLength = 100;
    private const int MaximumHostLength = 255;

    /// <summary>Of one site, so that a token that got into wrong hands keeps no other site's servers out.</summary>
    private const int MaximumWaitingOfSite = 200;

    public async Task<EnrolmentAnswer> RegisterAsync(EnrolmentRequest request, string agentPin, string from, CancellationToken cancellationToken)
    {
        if (!IsRight(request))
        {
            return Refuse("The registration isn't in the format this dashboard expects. Update the agent.");
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var token = await context.EnrolmentTokens.AsNoTracking().FirstOrDefaultAsync(entity => entity.Id == request.TokenId, cancellationToken);
        if (token is null || !IsSecret(token, request.Secret))
        {
            audit.Refused(request, from, "not a token from this dashboard");
            return Refuse("This dashboard didn't issue the token, or the token was changed.");
        }

        if (await FindKnownAsync(context, token, request, agentPin, from, cancellationToken) is { } known)
        {
            return known;
        }

        if (RefusalOf(token) is { } refusal)
        {
            audit.Refused(request, from, $"token {Describe(token)}: {refusal}");
            return Refuse(refusal);
        }

        return await FindAddressAsync(request, agentPin, from, cancellationToken) is { } address
            ? await TakeAsync(context, token, request, address, agentPin, from, cancellationToken)
            : NotReached(request, from);
    }

    /// <summary>Where the agent is found: an agent that connects itself has proved its key with this request; another one is looked for.</summary>
    private async Task<Uri?> FindAddressAsync(EnrolmentRequest request, string agentPin, string from, CancellationToken cancellationToken) =>
        request.Port == 0 ? OutboundAddress.Of(request.AgentId) : await probe.FindAsync(request.Hosts.Append(from), request.Port, agentPin, cancellationToken);

    private static EnrolmentAnswer NotReached(EnrolmentRequest request, string from) => new(
        "", "", false, MayRetry: true, $"the dashboard can't reach this agent at {string.Join(", ", request.Hosts.Append(from))} on port {request.Port}. Open the port in the firewall, and have the agent listen on an address the dashboard can reach (Agent:ListenAddress 0.0.0.0).");

    private async Task<EnrolmentAnswer> TakeAsync(DashboardContext context, EnrolmentTokenEntity token, EnrolmentRequest request, Uri address, string agentPin, string from, CancellationToken cancellationToken)
    {
        if (!await TryUseAsync(token, cancellationToken))
        {
            return Refuse(UsedUp);
        }

        if (token.Admits)
        {
            var failure = await AddAsync(request.ComputerName, ServerValidation.Normal(address), token.Site, new(agentPin, request.AgentId, $"enrolment token {Describe(token)}"), cancellationToken);
            await audit.TakenAsync(request, from, token.Site, $"{address.Authority} with token {Describe(token)}", agentPin, failure?.Message ?? "admitted by the token");
            return failure is null ? Accept(isAdmitted: true, $"{hub.Name} now watches this server.") : Refuse(failure.Message);
        }

        if (await context.Admissions.CountAsync(admission => admission.Site == token.Site, cancellationToken) >= MaximumWaitingOfSite)
        {
            return new("", "", false, MayRetry: true, "too many servers of this site are waiting to be admitted.");
        }

        context.Admissions.Add(new AdmissionEntity
        {
            TokenId = token.Id,
            AgentPin = agentPin,
            AgentId = request.AgentId,
            ComputerName = request.ComputerName,
            AgentVersion = request.AgentVersion,
            Address = ServerValidation.Normal(address),
            Site = token.Site,
            AskedFrom = from,
            AskedAt = timeProvider.GetUtcNow().UtcDateTime,
        });
        await context.SaveChangesAsync(cancellationToken);
        if (request.Port == 0)
        {
            outbound.ExpectWaiting(agentPin);
            announcements.Tell(Topics.Admissions, Announcements.Everything);
        }

        await audit.TakenAsync(request, from, token.Site, $"{address.Authority} with token {Describe(token)}", agentPin, "waiting to be admitted");
        return Accept(isAdmitted: false, $"an admin of {hub.Name} has to admit this server.");
    }

    /// <summary>Counted in the database itself: two agents that come at once do not share the last use.</summary>
    private async Task<bool> TryUseAsync(EnrolmentTokenEntity token, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = timeProvider.GetUtcNow().UtcDateTime;
        return await context.EnrolmentTokens
            .Where(entity => entity.Id == token.Id && entity.RevokedAt == null && entity.Uses < entity.MaximumUses && entity.ExpiresAt > now)
            .ExecuteUpdateAsync(update => update.SetProperty(entity => entity.Uses, entity => entity.Uses + 1), cancellationToken) > 0;
    }

    /// <summary>Adds the server of an agent whose key was proved; null where it was added.</summary>
    public async Task<Failure?> AddAsync(string name, string address, string site, EnrolledAgent agent, CancellationToken cancellationToken)
    {
        var added = await servers.AddAsync(new ServerInput { Name = name, Address = address, Site = site }, cancellationToken);
        if (!added.IsSuccess)
        {
            return added.Failure;
        }

        await trusts.BeginAsync(added.Value.Id, new ServerTrust(agent.Pin, null, hub.Keys.Current.Pin), agent.AgentId, agent.By, timeProvider.GetUtcNow());
        return null;
    }

    /// <summary>Tells a waiting agent that nobody takes it. False where it could not be told.</summary>
    public Task<bool> TellRefusedAsync(AdmissionEntity admission, string by, CancellationToken cancellationToken) =>
        trusts.RefuseAsync(admission.Address, admission.AgentPin, $"{by} did not admit this server.", cancellationToken);

    /// <summary>The agent waits no longer: one that was refused has to go.</summary>
    public void EndWaiting(AdmissionEntity admission)
    {
        outbound.ForgetWaiting(admission.AgentPin);
        announcements.Tell(Topics.Admissions, Announcements.Everything);
    }

    /// <summary>An agent whose answer was lost asks again: it is not counted twice, and no server is added twice.</summary>
    private async Task<EnrolmentAnswer?> FindKnownAsync(DashboardContext context, EnrolmentTokenEntity token, EnrolmentRequest request, string agentPin, string from, CancellationToken cancellationToken)
    {
        if (await context.Servers.AsNoTracking().FirstOrDefaultAsync(server => server.AgentPin == agentPin || server.AgentId == request.AgentId, cancellationToken) is { } server)
        {
            return KeyPin.AreSame(server.AgentPin, agentPin) ? await MoveAsync(server, request, agentPin, from, cancellationToken)
                : server.AgentPin is null && token is { Admits: true } && token.Site == server.Site && RefusalOf(token) is null ? await TrustAgainAsync(server, token, request, agentPin, from, cancellationToken)
                : Refuse($"This agent already belongs to {server.Name}, with a different key. Unpair the server on its page, then enrol it again with a token of its site that admits servers, or pair it there with a code.");
        }

        return await context.Admissions.FirstOrDefaultAsync(admission => admission.AgentPin == agentPin, cancellationToken) is { } admission
            ? await WaitOnAsync(context, admission, request, from, cancellationToken)
            : null;
    }

    /// <summary>It waits already, and may have come to be met in the other way meanwhile.</summary>
    private async Task<EnrolmentAnswer> WaitOnAsync(DashboardContext context, AdmissionEntity admission, EnrolmentRequest request, string from, CancellationToken cancellationToken)
    {
        if (request.Port == 0 != OutboundAddress.Is(admission.Address))
        {
            if (await FindAddressAsync(request, admission.AgentPin, from, cancellationToken) is not { } address)
            {
                return NotReached(request, from);
            }

            admission.Address = ServerValidation.Normal(address);
            await context.SaveChangesAsync(cancellationToken);
            if (request.Port == 0)
            {
                outbound.ExpectWaiting(admission.AgentPin);
            }
            else
            {
                outbound.ForgetWaiting(admission.AgentPin);
            }
        }

        return Accept(isAdmitted: false, $"an admin of {hub.Name} has to admit this server.");
    }

    /// <summary>The agent of a server that is watched: from now on it's met the way it asks for, by this dashboard's connection or by its own.</summary>
    private async Task<EnrolmentAnswer> MoveAsync(ServerEntity server, EnrolmentRequest request, string agentPin, string from, CancellationToken cancellationToken)
    {
        var isMoved = request.Port == 0 != OutboundAddress.Is(server.Address);
        if (isMoved && await FindAddressAsync(request, agentPin, from, cancellationToken) is var address)
        {
            if (address is null)
            {
                return NotReached(request, from);
            }

            var edited = await servers.EditAsync(server.Id, new() { Name = server.Name, Site = server.Site, Baseline = server.Baseline, Address = ServerValidation.Normal(address) }, cancellationToken);
            if (!edited.IsSuccess)
            {
                return Refuse(edited.Failure.Message);
            }
        }

        return Accept(isAdmitted: true, $"{hub.Name} already watches this server, as {server.Name}.");
    }

    /// <summary>The server was unpaired here: with a token of its site that admits servers it's trusted again, as with a code.</summary>
    private async Task<EnrolmentAnswer> TrustAgainAsync(ServerEntity server, EnrolmentTokenEntity token, EnrolmentRequest request, string agentPin, string from, CancellationToken cancellationToken)
    {
        if (await FindAddressAsync(request, agentPin, from, cancellationToken) is null)
        {
            return NotReached(request, from);
        }

        if (!await TryUseAsync(token, cancellationToken))
        {
            return Refuse(UsedUp);
        }

        var by = $"enrolment token {Describe(token)}";
        await trusts.BeginAsync(server.Id, new ServerTrust(agentPin, null, hub.Keys.Current.Pin), request.AgentId, by, timeProvider.GetUtcNow());
        await audit.TakenAsync(request, from, server.Site, $"{server.Name} with token {Describe(token)}", agentPin, "paired again");
        return await MoveAsync(server, request, agentPin, from, cancellationToken);
    }

    private string? RefusalOf(EnrolmentTokenEntity token) => token switch
    {
        { RevokedAt: not null } => "The token was revoked.",
        _ when token.ExpiresAt <= timeProvider.GetUtcNow().UtcDateTime => $"The token expired at {token.ExpiresAt:yyyy-MM-dd HH:mm} UTC.",
        _ when token.Uses >= token.MaximumUses => $"The token has been used {token.Uses} times, which is its limit.",
        _ => null,
    };

    private static bool IsSecret(EnrolmentTokenEntity token, string secret) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(EnrolmentToken.Hash(secret)), Encoding.ASCII.GetBytes(token.SecretHash));

    private static bool IsRight(EnrolmentRequest request) =>
        request is { TokenId.Length: 16, Secret.Length: > 0 and <= 64, AgentId.Length: 32, Port: >= 0 and <= 65535, Hosts.Count: <= EnrolmentRequest.MaximumHosts }
        && request.AgentId.All(char.IsAsciiHexDigitLower) && request.ComputerName is { Length: > 0 and <= MaximumNameLength } && request.AgentVersion is { Length: <= MaximumNameLength }
        && request.Hosts.Append(request.ComputerName).Append(request.AgentVersion).All(text => text is { Length: <= MaximumHostLength } && PlainText.IsPlain(text));

    private static string Describe(EnrolmentTokenEntity token) => token.Label.Length > 0 ? $"{token.Label} ({token.Id})" : token.Id;

    private EnrolmentAnswer Accept(bool isAdmitted, string message) => new(hub.Id, hub.Name, isAdmitted, MayRetry: false, message);

    private static EnrolmentAnswer Refuse(string message) => new("", "", IsAdmitted: false, MayRetry: false, message);
}

/// <summary>An agent that came with a token.</summary>
/// <param name="Pin">Pin of its key.</param>
/// <param name="AgentId">Its id.</param>
/// <param name="By">Whom or what it was admitted by.</param>
internal sealed record EnrolledAgent(string Pin, string AgentId, string By);
