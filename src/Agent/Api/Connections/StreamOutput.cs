using Grpc.Core;

namespace WsusDashboard.Agent.Api.Connections;

/// <summary>Sends the messages of one stream, and ends it where its reader doesn't read: what waits to be sent is memory of this server.</summary>
/// <param name="end">Ends the request at once.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class StreamOutput(Action end, TimeProvider timeProvider)
{
    /// <summary>How long a reader may leave one message waiting.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <exception cref="OperationCanceledException">The reader is gone, or did not read in time.</exception>
    public async Task WriteAsync<T>(IServerStreamWriter<T> writer, T message, CancellationToken cancellationToken)
    {
        // No token for the write itself: on the wire a message is whole, or the stream ends.
        var writing = writer.WriteAsync(message, CancellationToken.None);
        if (writing.IsCompletedSuccessfully)
        {
            return;
        }

        try
        {
            await writing.WaitAsync(Patience, timeProvider, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            end();
            throw new OperationCanceledException("The reader did not read.", exception);
        }
    }
}
