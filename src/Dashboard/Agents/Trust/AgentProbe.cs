using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Agents.Trust;

/// <summary>Looks whether an agent answers at an address with the key that it showed: what an agent says about itself is checked before it is kept.</summary>
internal sealed class AgentProbe(HubIdentity hub, DashboardOptions options)
{
    /// <summary>The first of the hosts where this key answers; null where none does.</summary>
    public async Task<Uri?> FindAsync(IEnumerable<string> hosts, int port, string agentPin, CancellationToken cancellationToken)
    {
        foreach (var host in hosts.Where(host => Uri.CheckHostName(host) != UriHostNameType.Unknown))
        {
            if (await AnswersAsync(host, port, agentPin, cancellationToken))
            {
                return new UriBuilder(Uri.UriSchemeHttps, host, port).Uri;
            }
        }

        return null;
    }

    private async Task<bool> AnswersAsync(string host, int port, string agentPin, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(options.Agents.ConnectTimeoutSeconds));
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, deadline.Token);
            var peer = new AgentPeer(hub, new ServerTrust(agentPin, null, hub.Keys.Current.Pin));
            var tls = peer.CreateOptions();
            tls.TargetHost = host;
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsClientAsync(tls, deadline.Token);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested
            && exception is SocketException or IOException or AuthenticationException or AgentKeyException or OperationCanceledException)
        {
            return false;
        }
    }
}
