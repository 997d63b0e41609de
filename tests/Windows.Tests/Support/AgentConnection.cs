using Grpc.Net.Client;
using WsusDashboard.Shared.Contract;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Windows.Tests.Support;

/// <summary>The agent's contract as a program on the server calls it: over HTTP/2 through its pipe, to which a relay inside Windows leads.</summary>
internal sealed class AgentConnection : IDisposable
{
    private readonly GrpcChannel _channel;

    /// <param name="port">Where the relay listens.</param>
    public AgentConnection(int port)
    {
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}", new GrpcChannelOptions { MaxReceiveMessageSize = ContractLimits.MaximumMessageBytes });
        Client = new Wire.Agent.AgentClient(_channel);
    }

    public Wire.Agent.AgentClient Client { get; }

    public void Dispose() => _channel.Dispose();
}
