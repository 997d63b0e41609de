using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security;

/// <summary>What those who act for somebody on the server need of the agent itself.</summary>
/// <param name="Options">Its options.</param>
/// <param name="ReadPort">The port that was really taken, once it listens.</param>
/// <param name="Keys">Its keys.</param>
/// <param name="Audit">Its audit.</param>
internal sealed record LocalFacts(AgentOptions Options, Func<int> ReadPort, IdentityKeys Keys, AgentAudit Audit)
{
    /// <summary>Where a local request comes from, in the audit.</summary>
    public const string Here = "this server";
}
