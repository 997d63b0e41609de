using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
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

    public IEnumerable<Probe> All() => Targets().Select(target => new Probe(ProbeAreas.Agent, $"dashboard {target.Address.Authority}", token => TryAsync(target.Address, target.Pins, token)) { Limit = HubDialer.Limit });

    /// <summary>How the running agent's own connection stands.</summary>
    public static ProbeResult Describe(OutboundLink link)
    {
        var outcome = link.IsConnected ? ProbeOutcome.Works($"connected since {Wording.Time(link.Since)}")
            : link.Error.Length == 0 ? ProbeOutcome.Attention("connecting", "Try again in a minute.")
            : ProbeOutcome.Attention($"not connected since {Wording.Time(link.Since)}: {link.Error}", $"The agent keeps retrying{(link.NextAttemptAt is { } at ? $", next at {Wording.Time(at)}" : "")}.");
        return new(ProbeAreas.Agent, $"connection to {link.Address.Authority}", outcome, TimeSpan.Zero);
    }

    private List<(Uri Address, IReadOnlyList<string?> Pins)> Targets()
    {
        if (!options.Hub.IsOutbound)
        {
            return [];
        }

        List<(Uri, IReadOnlyList<string?>)> targets =
        [
            .. new PairedHubs(options.DataDirectory, NullLogger<PairedHubs>.Instance).All.SelectMany(hub => hub.Addresses, (hub, address) => (address, (IReadOnlyList<string?>)[hub.Pin, hub.NextPin])),
        ];
        try
        {
            if (EnrolmentFile.TryRead(options.DataDirectory) is { } order && EnrolmentToken.TryParse(order.Token, out var token) && Uri.TryCreate(order.Hub, UriKind.Absolute, out var hub))
            {
                targets.Add((hub, [token.HubPin]));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // The folder's own probe says whether this account may read it.
        }

        return targets;
    }

    private async Task<ProbeOutcome> TryAsync(Uri address, IReadOnlyList<string?> pins, CancellationToken cancellationToken)
    {
        try
        {
            using var key = IdentityKey.Create("doctor", timeProvider.GetUtcNow());
            await new HubDialer(options).LookAsync(address, key, pin => pins.Any(known => KeyPin.AreSame(known, pin)), cancellationToken);
            return ProbeOutcome.Works($"answers with its key{(options.Hub.Proxy.Length > 0 ? $", through the proxy {new Uri(options.Hub.Proxy).Authority}" : "")}");
        }
        catch (OutboundException exception) when (exception.Kind == OutboundFailure.WrongKey)
        {
            return ProbeOutcome.Refused(ReadFailure.AccessDenied, exception.Message, "Find out what answers there. If the dashboard was set up anew, enrol this agent again.");
        }
        catch (OutboundException exception)
        {
            return ProbeOutcome.Refused(ReadFailure.Unavailable, exception.Message, Advice);
        }
        catch (CryptographicException exception)
        {
            return ProbeOutcome.Refused(ReadFailure.Other, exception.Message, "This system can't store an ECDSA key, so no dashboard can be met.");
        }
    }
}
