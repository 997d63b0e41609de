using Grpc.Core;
using Grpc.Net.Client;
using WsusDashboard.Agent.Security;
using WsusDashboard.Shared.Contract;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Windows.Tests.Support;

/// <summary>The agent's contract over HTTP/2 on loopback, as a program on the server calls it: with the key from the agent's data folder.</summary>
internal sealed class AgentConnection : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly string _dataFolder;

    /// <param name="port">Where the agent listens.</param>
    /// <param name="dataFolder">Its data folder, as this machine sees it.</param>
    public AgentConnection(int port, string dataFolder)
    {
        _dataFolder = dataFolder;
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}", new GrpcChannelOptions
        {
            MaxReceiveMessageSize = ContractLimits.MaximumMessageBytes,
            UnsafeUseInsecureChannelCallCredentials = true,
            Credentials = ChannelCredentials.Create(ChannelCredentials.Insecure, CallCredentials.FromInterceptor(AddKeyAsync)),
        });
        Client = new Wire.Agent.AgentClient(_channel);
    }

    public Wire.Agent.AgentClient Client { get; }

    public void Dispose() => _channel.Dispose();

    // Read for each call: the agent makes the key at its first start.
    private Task AddKeyAsync(AuthInterceptorContext context, Metadata metadata)
    {
        if (File.Exists(LocalKey.PathIn(_dataFolder)))
        {
            metadata.Add("authorization", $"{LocalKey.Scheme} {LocalKey.Read(_dataFolder)}");
        }

        return Task.CompletedTask;
    }
}
