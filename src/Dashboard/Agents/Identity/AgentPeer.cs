using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Agents.Identity;

/// <summary>The other end of connections to one agent: which key is shown to it, and which of its keys is taken. Threading: any thread.</summary>
/// <param name="hub">This dashboard.</param>
/// <param name="trust">What was paired; null takes any key, to pair or to look who is there.</param>
internal sealed class AgentPeer(HubIdentity hub, ServerTrust? trust)
{
    private volatile ServerTrust? _trust = trust;
    private volatile X509Certificate2? _seen;

    /// <summary>The agent's certificate of the newest connection; null before the first.</summary>
    public X509Certificate2? Seen => _seen;

    public ServerTrust? Trust
    {
        get => _trust;
        set => _trust = value;
    }

    /// <summary>No authority is asked: the pinned key alone decides. The key that is shown is that of now: another one makes another connection.</summary>
    /// <exception cref="IOException">The data folder cannot be used.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">This dashboard's key is damaged, or the system cannot have one.</exception>
    public SslClientAuthenticationOptions CreateOptions() => PinnedTls.ForClient(hub.KeyFor(_trust?.HubPin), Check);

    /// <summary>The agent has opened a connection and proved this key.</summary>
    /// <exception cref="AgentKeyException">It isn't the paired one.</exception>
    public void Take(X509Certificate2 certificate) => Check(certificate);

    private bool Check(X509Certificate? certificate)
    {
        if (certificate is null)
        {
            throw new AgentKeyException("it presented no key");
        }

        var seen = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        var pin = KeyPin.Of(seen);
        if (_trust is { } trust && !trust.Accepts(pin))
        {
            throw new AgentKeyException(
                $"its key ({KeyPin.Shown(pin)}) isn't the paired one ({KeyPin.Shown(trust.AgentPin)}): the agent was reinstalled, or another machine answers at this address. "
                + "Nothing was sent to it. If you know why the key changed, pair the server again on its edit page");
        }

        _seen = seen;
        return true;
    }
}
