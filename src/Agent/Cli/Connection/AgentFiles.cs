using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Access;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Native;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Cli.Connection;

/// <summary>Whom an agent trusts, from its files and by its own code, while no agent runs: none can be started before this is disposed.</summary>
internal sealed class AgentFiles : IAsyncDisposable
{
    private readonly DataFolderLock _folder;
    private readonly ServiceProvider _services;

    private AgentFiles(DataFolderLock folder, ServiceProvider services) => (_folder, _services) = (folder, services);

    public HubTrust Trust => _services.GetRequiredService<HubTrust>();

    public IReadOnlyList<PairedHub> Hubs => _services.GetRequiredService<PairedHubs>().All;

    public IdentityKeys Keys => _services.GetRequiredService<IdentityKeys>();

    /// <param name="options">Those of the agent.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="silence">Why the agent itself was not asked.</param>
    /// <exception cref="AgentSilentException">There is no such agent.</exception>
    /// <exception cref="CliFailure">An agent runs after all, or this account may not use its folder.</exception>
    public static AgentFiles Open(AgentOptions options, TimeProvider timeProvider, AgentSilentException silence)
    {
        var path = options.DataDirectory;
        if (!File.Exists(Path.Combine(path, IdentityKeys.FileName)) && !File.Exists(Path.Combine(path, PairedHubs.FileName)))
        {
            throw new AgentSilentException(silence.Message, isAbsent: true, silence);
        }

        DataFolderLock? folder = null;
        try
        {
            folder = DataFolderLock.TryTake(path)
                ?? throw new CliFailure($"An agent uses the data folder {path} but isn't answering: it's starting, stopping or has failed. Nothing was done. Try again, or stop it first.", silence);
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddSingleton(options);
            services.AddSingleton(timeProvider);
            services.AddEdges(EdgeFactory.Create());
            services.AddSecurity(options, timeProvider);
            return new AgentFiles(folder, services.BuildServiceProvider());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or StoreException)
        {
            folder?.Dispose();
            throw new CliFailure($"The agent's data folder {path} can't be used: {exception.Message} Run the command as an administrator. Nothing was done.", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
