using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Api.Connections;

/// <summary>Bounds the connections of the network port: undecided ones before and during the handshake, those of a paired hub behind it.</summary>
internal sealed partial class ConnectionGuard(UndecidedConnections undecided, HubConnections hubConnections, PairedHubs hubs, AgentMemory memory, TimeProvider timeProvider, ILogger<ConnectionGuard> logger)
{
    /// <summary>How long a connection may stay whose key no paired hub has: a pairing takes half a minute at most.</summary>
    public static TimeSpan StrangerTime { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Before the handshake: the connection has a place among the undecided.</summary>
    public ConnectionDelegate Admit(ConnectionDelegate next) => async connection =>
    {
        memory.GiveBack();
        using var place = undecided.Enter(connection.RemoteEndPoint, () => connection.Abort(new ConnectionAbortedException("Others needed its place.")));
        connection.Features.Set<UndecidedPlace>(new(place));
        await next(connection);
    };

    /// <summary>Behind the handshake: the key says whether the connection is that of a hub, which needs no place among the undecided any more.</summary>
    public ConnectionDelegate Recognise(ConnectionDelegate next) => async connection =>
    {
        if (connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is not { } certificate || hubs.FindByPin(KeyPin.Of(certificate)) is not { } hub)
        {
            await using var limit = timeProvider.CreateTimer(_ => connection.Abort(new ConnectionAbortedException("No paired dashboard identified itself in time.")), null, StrangerTime, Timeout.InfiniteTimeSpan);
            await next(connection);
            return;
        }

        connection.Features.Get<UndecidedPlace>()?.Place.Dispose();
        if (!hubConnections.TryEnter(hub.Id))
        {
            Log.TooMany(logger, hub.Name, HubConnections.Maximum);
            connection.Abort(new ConnectionAbortedException("The hub has too many connections."));
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            hubConnections.Leave(hub.Id);
        }
    };

    private sealed record UndecidedPlace(IDisposable Place);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "{Hub} has {Maximum} connections already; another one was closed")]
        public static partial void TooMany(ILogger logger, string hub, int maximum);
    }
}
