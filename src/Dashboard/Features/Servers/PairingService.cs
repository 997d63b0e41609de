using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents.Trust;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Servers.Sections;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>Pairs servers with this dashboard, and ends it. Failures: NotFound, Forbidden, Invalid, Conflict, Refused, Unreachable, TimedOut, Unavailable.</summary>
internal sealed class PairingService(IDbContextFactory<DashboardContext> contexts, ServerService servers, PairingClient client, ServerTrusts trusts, AuditTrail audit, TimeProvider timeProvider)
{
    /// <summary>Pairs first and adds the server then: one that cannot be paired is not added.</summary>
    public async Task<Outcome<ServerFacts>> AddAsync(ServerInput input, string pairingCode, CancellationToken cancellationToken)
    {
        List<FieldError> errors = [.. ServerValidation.Check(input)];
        if (CheckCode(pairingCode, out var code) is { } error)
        {
            errors.Add(error);
        }

        if (errors.Count > 0 || code is null)
        {
            return Invalid.Of(errors);
        }

        if (audit.Caller.Refusal(Permission.ManageServers, input.Site?.Trim() ?? "", "There is no such site.") is { } refusal)
        {
            return refusal;
        }

        _ = ServerValidation.CheckAddress(input.Address, out var address);
        if (await FindByAddressAsync(ServerValidation.Normal(address!), cancellationToken) is { } taken)
        {
            return new Conflict($"{taken.Name} already has the address {ServerValidation.Normal(address!)}. Remove that server first, or pair it again on its edit page.");
        }

        var note = new AuditNote { What = "server.pair", Site = input.Site?.Trim() ?? "", Detail = ServerValidation.Normal(address!), Outcome = "done" };
        var intent = await audit.WriteIntentAsync(note);
        if (!intent.IsSuccess)
        {
            return intent.Failure;
        }

        note = note with { Intent = intent.Value };
        var paired = await PairAsync(address!, code, null, cancellationToken);
        if (!paired.IsSuccess)
        {
            await audit.WriteAsync(note with { Outcome = paired.Failure.Message });
            return paired.Failure;
        }

        var named = string.IsNullOrWhiteSpace(input.Name) ? input with { Name = paired.Value.ComputerName } : input;
        var added = await servers.AddAsync(named, cancellationToken);
        if (added.IsSuccess)
        {
            await KeepAsync(added.Value.Id, paired.Value);
            await audit.WriteAsync(note with { ServerId = added.Value.Id, ServerName = added.Value.Name, Site = added.Value.Site, After = $"key {KeyPin.Shown(paired.Value.Trust.AgentPin)}" });
        }
        else
        {
            await audit.WriteAsync(note with { Outcome = $"paired, but not added: {added.Failure.Message}" });
        }

        return added;
    }

    /// <summary>Pairs a server that is there already: one that was added without a code, or whose agent has another key now.</summary>
    public async Task<Outcome<Done>> PairAsync(int serverId, string pairingCode, CancellationToken cancellationToken)
    {
        var found = await FindAsync(serverId, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        if (CheckCode(pairingCode, out var code) is { } error)
        {
            return Invalid.Of(error);
        }

        if (OutboundAddress.Is(found.Value.Address))
        {
            return new Conflict($"The agent of {found.Value.Name} connects to this dashboard itself, so a code can't reach it. Enrol it again with a token of its site that admits servers, or enter its address above if it listens on a port.");
        }

        var note = NoteOf("server.pair", found.Value);
        var intent = await audit.WriteIntentAsync(note);
        if (!intent.IsSuccess)
        {
            return intent.Failure;
        }

        var paired = await PairAsync(new Uri(found.Value.Address), code!, serverId, cancellationToken);
        if (paired.IsSuccess)
        {
            await KeepAsync(serverId, paired.Value);
        }

        await audit.WriteAsync(note with { Intent = intent.Value, After = paired.IsSuccess ? $"key {KeyPin.Shown(paired.Value.Trust.AgentPin)}" : "", Outcome = paired.Failure?.Message ?? "done" });
        return paired.IsSuccess ? Done.Instance : paired.Failure;
    }

    /// <summary>Ends the trust on both sides; the value says whether the agent was told.</summary>
    public async Task<Outcome<string>> UnpairAsync(int serverId, CancellationToken cancellationToken)
    {
        var found = await FindAsync(serverId, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        var server = found.Value;
        var note = NoteOf("server.unpair", server);
        var intent = await audit.WriteIntentAsync(note);
        if (!intent.IsSuccess)
        {
            return intent.Failure;
        }

        var wasTold = await trusts.EndAsync(server, cancellationToken);
        await audit.WriteAsync(note with { Intent = intent.Value, Outcome = wasTold ? "done" : "done, but the agent couldn't be told" });
        return wasTold
            ? $"{server.Name} and this dashboard no longer trust each other."
            : $"This dashboard no longer trusts {server.Name}, but its agent couldn't be told. Run \"WsusDashboard.Agent unpair\" on the server so it forgets this dashboard too.";
    }

    private async Task<Outcome<PairedAgent>> PairAsync(Uri address, PairingCode code, int? serverId, CancellationToken cancellationToken)
    {
        var paired = await client.PairAsync(address, code, cancellationToken);
        if (!paired.IsSuccess)
        {
            return paired;
        }

        var (pin, agentId) = (paired.Value.Trust.AgentPin, paired.Value.AgentId);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var same = await context.Servers.AsNoTracking()
            .Where(server => server.Id != serverId && (server.AgentPin == pin || server.NextAgentPin == pin || (server.AgentId != "" && server.AgentId == agentId)))
            .Select(server => new { server.Name, server.Address })
            .FirstOrDefaultAsync(cancellationToken);
        return same is null
            ? paired
            : new Conflict($"The agent at {address.Authority} belongs to {same.Name} ({same.Address}), which is already watched. Edit the address of {same.Name} instead of adding it twice.");
    }

    private async Task KeepAsync(int serverId, PairedAgent paired) =>
        await trusts.BeginAsync(serverId, paired.Trust, paired.AgentId, audit.Caller.Name, timeProvider.GetUtcNow());

    private async Task<Outcome<ServerEntity>> FindAsync(int serverId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var server = await context.Servers.AsNoTracking().FirstOrDefaultAsync(entity => entity.Id == serverId, cancellationToken);
        var missing = $"There is no server {serverId}.";
        return server is null ? new NotFound(missing)
            : audit.Caller.Refusal(Permission.ManageServers, server.Site, missing) is { } refusal ? refusal
            : server;
    }

    private async Task<ServerEntity?> FindByAddressAsync(string address, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Servers.AsNoTracking().FirstOrDefaultAsync(server => server.Address == address, cancellationToken);
    }

    private static AuditNote NoteOf(string what, ServerEntity server) => new()
    {
        What = what,
        ServerId = server.Id,
        ServerName = server.Name,
        Site = server.Site,
        Detail = server.Address,
        Before = server.AgentPin is { } before ? $"key {KeyPin.Shown(before)}" : "",
        Outcome = "done",
    };

    private static FieldError? CheckCode(string? text, out PairingCode? code) => PairingCode.TryParse(text, out code)
        ? null
        : new("pairingCode", $"This isn't a pairing code. Allowed: the {PairingCode.Length} letters and digits that \"WsusDashboard.Agent pair\" shows on the server, for example 7K3M-Q9ZC-0R5T-HW2X; no I, L, O, U.");
}
