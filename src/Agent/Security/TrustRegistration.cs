using WsusDashboard.Agent.Storage;

namespace WsusDashboard.Agent.Security;

/// <summary>Registers whom the agent trusts, and how they prove who they are.</summary>
internal static class TrustRegistration
{
    /// <exception cref="StoreException">The data folder cannot be used.</exception>
    public static void AddTrust(this IServiceCollection services, AgentOptions options)
    {
        try
        {
            services.AddSingleton(new LocalKey(options.DataDirectory));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The agent's data folder {options.DataDirectory} cannot be used: {exception.Message} Give the agent's account write access there.", exception);
        }
    }
}
