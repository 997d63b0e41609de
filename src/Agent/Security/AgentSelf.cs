using System.Net;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security;

/// <summary>What a hub and a person on the server are told of the agent itself: its keys, and where it listens.</summary>
internal sealed class AgentSelf(AgentOptions options, AgentAddress address, IdentityKeys keys)
{
    /// <summary>How the subject of an agent's key begins.</summary>
    public const string KeySubject = "WsusDashboard agent";

    public string DataDirectory => options.DataDirectory;

    public string Pin => keys.Current.Pin;

    /// <summary>Empty where the key stays.</summary>
    public string NextPin => keys.Next?.Pin ?? "";

    /// <summary>The port that was really taken, once it listens; 0 where it doesn't.</summary>
    public int Port => address.Current?.Port ?? 0;

    public IPAddress ListenAddress => IPAddress.Parse(options.ListenAddress);
}
