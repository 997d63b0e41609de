using System.Net;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Pairing;

/// <summary>Begins and ends trust: pairing, unpairing, change of keys. Everything that happens here is in the audit.</summary>
internal sealed partial class HubTrust(PairedHubs hubs, HubSessions sessions, PairingCodes codes, IdentityKeys keys, AgentAudit audit, TimeProvider timeProvider, ILogger<HubTrust> logger)
{
    private const int PairingsPerAddress = 10;
    private const int PairingsInAll = 30;

    /// <summary>Next keys of one hub within an hour.</summary>
    public const int AnnouncementsPerHub = 6;

    /// <summary>Lists of addresses of one hub within an hour: a cluster that grows to its full size twice.</summary>
    public const int ListsPerHub = 20;

    private readonly AttemptLimiter _limiter = new(PairingsPerAddress, PairingsInAll, TimeSpan.FromMinutes(1), timeProvider);

    // Each stands in the audit; a hub changes its key once in years.
    private readonly AttemptLimiter _announcements = new(AnnouncementsPerHub, AnnouncementsPerHub * PairedHubs.Maximum, TimeSpan.FromHours(1), timeProvider);

    // Each makes this agent connect elsewhere: a hub in wrong hands gets no scanner of the network.
    private readonly AttemptLimiter _lists = new(ListsPerHub, ListsPerHub * PairedHubs.Maximum, TimeSpan.FromHours(1), timeProvider);
    private readonly Lock _listGate = new();

    /// <summary>Opens a new pairing code; the one before is void.</summary>
    public (PairingCode Code, DateTimeOffset ExpiresAt) OpenPairing()
    {
        audit.Write(new AgentAuditEntry { Verb = "open-pairing", From = AgentCaller.Here, Outcome = "done" });
        return codes.Open();
    }

    public void WriteRefusedEnrolment(string hub, string why) =>
        audit.Count(new AgentAuditEntry { Verb = "enrol", From = AgentCaller.Here, What = hub, Outcome = "refused", Detail = why });

    /// <summary>Lets a pairing begin.</summary>
    /// <exception cref="CommandException">Too many tried, or too many are paired.</exception>
    public void Begin(AgentCaller caller, string hubId, string hubName)
    {
        if (!_limiter.TryEnter(IPAddress.TryParse(caller.From, out var address) ? PeerNetwork.Of(address) : caller.From))
        {
            throw Refused(caller, hubName, "Too many pairing attempts with this agent. Wait a minute.");
        }

        if (hubs.RefuseNew(hubId) is { } refusal)
        {
            throw Refused(caller, hubName, refusal);
        }
    }

    /// <summary>Ends a pairing: where the proof is right the hub is trusted from now on.</summary>
    /// <returns>The agent's own proof.</returns>
    public byte[] Complete(AgentCaller caller, HubName hub, PairingChannel channel, ReadOnlySpan<byte> proof)
    {
        byte[] own;
        try
        {
            own = codes.Use(channel, proof);
        }
        catch (CommandException exception)
        {
            throw Refused(caller, hub.Name, exception.Message);
        }

        Trust(hub, caller.Pin, caller.From, "pair");
        return own;
    }

    /// <summary>Trusts a hub whose key was proved, by a code or by an enrolment token.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="pin">Pin of its key.</param>
    /// <param name="from">Where the trust comes from.</param>
    /// <param name="verb">How it is named in the audit.</param>
    /// <param name="addresses">Where this agent connects to it; none where the hub connects to the agent.</param>
    public void Trust(HubName hub, string pin, string from, string verb, params IReadOnlyList<Uri> addresses)
    {
        audit.Write(new AgentAuditEntry { Verb = verb, Hub = hub.Name, From = from, What = $"hub {hub.Id}, key {pin}", Outcome = "done" });

        // Whoever was trusted under this id ends: a new pairing may mean a new key.
        sessions.Cut(hub.Id);
        hubs.Add(new PairedHub { Id = hub.Id, Name = hub.Name, Pin = pin, PairedAt = timeProvider.GetUtcNow(), PairedFrom = from, Addresses = addresses });
    }

    public void TakeHubKey(AgentCaller caller, string nextPin)
    {
        var hub = Paired(caller);
        if (KeyPin.AreSame(hub.NextPin, nextPin))
        {
            return;
        }

        if (!_announcements.TryEnter(hub.Id))
        {
            var why = $"{AnnouncementsPerHub} next keys were announced within an hour; the agent accepts no more for now.";
            audit.Count(new AgentAuditEntry { Verb = "announce-hub-key", Hub = hub.Name, HubId = hub.Id, From = caller.From, What = $"next key {nextPin}", Outcome = "refused", Detail = why });
            throw new CommandException(CommandFailure.Refused, why);
        }

        audit.Write(new AgentAuditEntry { Verb = "announce-hub-key", Hub = hub.Name, From = caller.From, What = $"next key {nextPin}", Outcome = "done" });
        hubs.Change(hub.Id, known => known with { NextPin = nextPin });
    }

    /// <summary>Takes the addresses of all dashboards of the calling hub, beside those that were given here. Nothing happens where they are known already.</summary>
    /// <exception cref="CommandException">It isn't the hub's list, or an old one, or this agent connects to no dashboard of the hub itself.</exception>
    public void TakeAddresses(AgentCaller caller, SignedAddresses list, IReadOnlyList<Uri> addresses)
    {
        lock (_listGate)
        {
            var id = Paired(caller).Id;
            if (hubs.All.FirstOrDefault(known => known.Id == id) is not { } hub)
            {
                throw new CommandException(CommandFailure.Refused, "This agent no longer trusts the dashboard.");
            }

            var what = $"list {list.Revision}: {string.Join(", ", list.Addresses)}";
            if (RefusalOf(hub, list) is { } refusal)
            {
                audit.Count(new AgentAuditEntry { Verb = "announce-addresses", Hub = hub.Name, HubId = hub.Id, From = caller.From, What = what, Outcome = "refused", Detail = refusal });
                throw new CommandException(CommandFailure.Refused, refusal);
            }

            if (list.Revision == hub.ListRevision)
            {
                return;
            }

            if (!_lists.TryEnter(hub.Id))
            {
                var why = $"{ListsPerHub} lists of addresses were announced within an hour; the agent accepts no more for now.";
                audit.Count(new AgentAuditEntry { Verb = "announce-addresses", Hub = hub.Name, HubId = hub.Id, From = caller.From, What = what, Outcome = "refused", Detail = why });
                throw new CommandException(CommandFailure.Refused, why);
            }

            audit.Write(new AgentAuditEntry { Verb = "announce-addresses", Hub = hub.Name, From = caller.From, What = what, Outcome = "done" });
            hubs.Change(hub.Id, known => known with { ListedAddresses = addresses, ListRevision = list.Revision });
        }
    }

    /// <summary>A hub has stored the agent's next key; with the last of them it is taken into use.</summary>
    public void ConfirmSuccessor(AgentCaller caller, string nextPin)
    {
        var hub = Paired(caller);
        if (!KeyPin.AreSame(keys.Next?.Pin, nextPin))
        {
            // Confirmed twice, or after the change: nothing is left to do.
            return;
        }

        hubs.Change(hub.Id, known => known with { KnownSuccessor = nextPin });
        TakeNextKeyWhereAllKnowIt();
    }

    /// <summary>Begins a change of the agent's key, or goes on with one.</summary>
    /// <returns>The hubs that do not know the next key yet.</returns>
    public IReadOnlyList<PairedHub> RotateKey()
    {
        var next = keys.PrepareNext();
        audit.Write(new AgentAuditEntry { Verb = "rotate-key", From = AgentCaller.Here, What = $"next key {next.Pin}", Outcome = "asked" });
        TakeNextKeyWhereAllKnowIt();
        if (keys.Next is null)
        {
            return [];
        }

        // Hubs ask for a successor when they connect.
        sessions.CutAll();
        return [.. hubs.All.Where(hub => !KeyPin.AreSame(hub.KnownSuccessor, next.Pin))];
    }

    /// <summary>Takes the next key into use where nobody waits for it any more; also at the start, after a crash in between.</summary>
    public void TakeNextKeyWhereAllKnowIt()
    {
        if (keys.Next is not { } next || hubs.All.Any(hub => !KeyPin.AreSame(hub.KnownSuccessor, next.Pin)))
        {
            return;
        }

        audit.Write(new AgentAuditEntry { Verb = "rotate-key", From = AgentCaller.Here, What = $"key {next.Pin} is in use, {keys.Current.Pin} no longer is", Outcome = "done" });

        // Connections that are open go on; the next ones meet the new key.
        keys.TakeNext();
    }

    /// <summary>The hub itself ends the trust.</summary>
    /// <param name="caller">The hub.</param>
    /// <param name="reason">What it says about it; may be empty.</param>
    /// <param name="request">The request that must still be answered.</param>
    public void UnpairByHub(AgentCaller caller, string reason, HttpContext request)
    {
        var hub = Paired(caller);
        audit.Write(new AgentAuditEntry { Verb = "unpair", Hub = hub.Name, From = caller.From, What = $"hub {hub.Id}", Outcome = "done", Detail = reason });
        Log.UnpairedByHub(logger, hub.Name, reason.Length > 0 ? reason : "it gave no reason.");
        hubs.Remove(hub.Id);
        sessions.Cut(hub.Id, request.Abort);
        TakeNextKeyWhereAllKnowIt();
    }

    /// <summary>Somebody on the server ends the trust in a hub.</summary>
    /// <param name="idOrName">Empty where there is one only.</param>
    public PairedHub UnpairHere(string idOrName)
    {
        var all = hubs.All;
        var found = idOrName.Length == 0 && all.Count == 1
            ? [.. all]
            : all.Where(hub => hub.Id == idOrName || string.Equals(hub.Name, idOrName, StringComparison.OrdinalIgnoreCase)).ToList();
        if (found is not [var hub])
        {
            var known = all.Count == 0 ? "this agent is not paired with any" : $"there are {string.Join(", ", all.Select(other => $"{other.Name} ({other.Id})"))}";
            throw new CommandException(CommandFailure.NotFound, idOrName.Length == 0 ? $"Name the dashboard: {known}." : $"\"{idOrName}\" matches {(found.Count == 0 ? "no dashboard" : "several dashboards")} of this agent; {known}.");
        }

        audit.Write(new AgentAuditEntry { Verb = "unpair", Hub = hub.Name, From = AgentCaller.Here, What = $"hub {hub.Id}", Outcome = "done" });
        hubs.Remove(hub.Id);
        sessions.Cut(hub.Id);
        TakeNextKeyWhereAllKnowIt();
        return hub;
    }

    /// <summary>Null where the list is the hub's own, and not older than the known one.</summary>
    private static string? RefusalOf(PairedHub hub, SignedAddresses list) =>
        list.HubId != hub.Id ? $"The list of addresses is another dashboard's (hub {list.HubId}). The known addresses stay in use."
        : !list.IsSignedBy(pin => KeyPin.AreSame(hub.Pin, pin) || KeyPin.AreSame(hub.NextPin, pin)) ? "The list of addresses isn't signed with the dashboard's key. The known addresses stay in use."
        : hub.Addresses.Count == 0 ? "This agent doesn't connect to the dashboard itself, so it takes no addresses from it."
        : list.Revision < hub.ListRevision ? $"The list of addresses is revision {list.Revision}, but this agent knows revision {hub.ListRevision}. The known addresses stay in use."
        : null;

    private static PairedHub Paired(AgentCaller caller) => caller.Hub ?? throw new InvalidOperationException("Only a paired hub comes here.");

    private CommandException Refused(AgentCaller caller, string hubName, string why)
    {
        // A stranger may call itself what it likes: its name is no key under which refusals are kept.
        audit.Count(new AgentAuditEntry { Verb = "pair", From = caller.From, What = $"hub {hubName}, key {caller.Pin}", Outcome = "refused", Detail = why });
        return new CommandException(CommandFailure.Refused, why);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Hub} no longer watches this server and is no longer trusted here: {Reason}")]
        public static partial void UnpairedByHub(ILogger logger, string hub, string reason);
    }
}
