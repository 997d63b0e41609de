using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Agent.Security.Outbound;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>The dashboards that the agent connects to itself, or will enrol with: whether their port for agents is reached from here, and shows the right key. Nothing is asked of them.</summary>
internal sealed class HubProbes(AgentOptions options, TimeProvider timeProvider)
{
    private const string Advice = "Check the address, the firewalls between here and there, the proxy in Agent:Hub, and that the dashboard is running. The agent keeps retrying.";

    public IEnumerable<Probe> All() => Targets().Select(target => new Probe(ProbeAreas.Agent, $"dashboard {target.Address.Authority}", token => TryAsync(target, token)) { Limit = HubDialer.Limit });

    /// <summary>How the running agent's own connection stands.</summary>
    public static ProbeResult Describe(OutboundLink link)
    {
        var outcome = link.IsConnected ? ProbeOutcome.Works($"connected since {Wording.Time(link.Since)} ({link.Origin})")
            : link.SameAs is { } other ? ProbeOutcome.Works($"not needed: {other.Authority} leads to the same dashboard ({link.Origin})")
            : link.Error.Length == 0 ? ProbeOutcome.Attention($"connecting ({link.Origin})", "Try again in a minute.")
            : ProbeOutcome.Attention($"not connected since {Wording.Time(link.Since)}: {link.Error} ({link.Origin})", $"The agent keeps retrying{(link.NextAttemptAt is { } at ? $", next at {Wording.Time(at)}" : "")}.");
        return new(ProbeAreas.Agent, $"connection to {link.Address.Authority}", outcome, TimeSpan.Zero);
    }

    private List<Target> Targets()
    {
        if (!options.Hub.IsOutbound)
        {
            return [];
        }

        List<Target> targets = [.. new PairedHubs(options.DataDirectory, NullLogger<PairedHubs>.Instance).All.Where(hub => hub.Addresses.Count > 0).SelectMany(TargetsOf)];
        try
        {
            if (EnrolmentFile.TryRead(options.DataDirectory) is { } order && EnrolmentToken.TryParse(order.Token, out var token) && Uri.TryCreate(order.Hub, UriKind.Absolute, out var hub))
            {
                targets.Add(new(hub, [token.HubPin], OutboundLink.OriginOf(isGiven: true, isListed: false)));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // The folder's own probe says whether this account may read it.
        }

        return targets;
    }

    private static IEnumerable<Target> TargetsOf(PairedHub hub) => hub.Addresses.Union(hub.ListedAddresses)
        .Select(address => new Target(address, [hub.Pin, hub.NextPin], OutboundLink.OriginOf(hub.Addresses.Contains(address), hub.ListedAddresses.Contains(address))));

    private async Task<ProbeOutcome> TryAsync(Target target, CancellationToken cancellationToken)
    {
        try
        {
            using var key = IdentityKey.Create("doctor", timeProvider.GetUtcNow());
            await new HubDialer(options).LookAsync(target.Address, key, pin => target.Pins.Any(known => KeyPin.AreSame(known, pin)), cancellationToken);
            return ProbeOutcome.Works($"answers with its key ({target.Origin}){(options.Hub.Proxy.Length > 0 ? $", through the proxy {new Uri(options.Hub.Proxy).Authority}" : "")}");
        }
        catch (OutboundException exception) when (exception.Kind == OutboundFailure.WrongKey)
        {
            return ProbeOutcome.Refused(ReadFailure.AccessDenied, $"{exception.Message} ({target.Origin})", "Find out what answers there. If the dashboard was set up anew, enrol this agent again.");
        }
        catch (OutboundException exception)
        {
            return ProbeOutcome.Refused(ReadFailure.Unavailable, $"{exception.Message} ({target.Origin})", Advice);
        }
        catch (CryptographicException exception)
        {
            return ProbeOutcome.Refused(ReadFailure.Other, exception.Message, "This system can't store an ECDSA key, so no dashboard can be met.");
        }
    }

    /// <summary>An address to try.</summary>
    /// <param name="Address">A dashboard's port for agents.</param>
    /// <param name="Pins">Whose key may be shown there.</param>
    /// <param name="Origin">Where the address comes from, for a person.</param>
    private sealed record Target(Uri Address, IReadOnlyList<string?> Pins, string Origin);
}
