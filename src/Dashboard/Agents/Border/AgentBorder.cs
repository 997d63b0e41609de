using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Contract.Border;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents.Border;

/// <summary>
/// The border of the contract on this side: every word of an agent passes it before anything else sees it. What can be cut is; an event that can't be taken is replaced by one that says so, a few times an hour;
/// all else is a breach. Threading: any thread; one for each connection.
/// </summary>
/// <param name="border">The limits.</param>
/// <param name="budget">How much the agent may say.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="report">Told of each breach.</param>
internal sealed class AgentBorder(ContractBorder border, AgentBudget budget, TimeProvider timeProvider, Action<string> report) : Interceptor
{
    /// <summary>So many events of an hour may be damaged: an agent that means well has one with a wrong date now and then.</summary>
    internal const int MostReplacedOfAnHour = 20;

    private readonly Lock _lock = new();
    private DateTimeOffset _hour;
    private int _replaced;

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        return new(TakeAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        return new(new CheckedStream<TResponse>(call.ResponseStream, Take), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(context);
        return new(call.RequestStream, new CheckedStream<TResponse>(call.ResponseStream, Take), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    /// <exception cref="ContractBreachException">It must not come in.</exception>
    internal T Take<T>(T answer)
    {
        // As it came, before anything is cut: that is what it costs.
        var message = (IMessage)answer!;
        if (budget.Charge(message.CalculateSize(), answer is Wire.WatchMessage { Event: not null }) is { } tooMuch)
        {
            throw Refuse(tooMuch);
        }

        if (border.Pass(message) is not [var breach, ..])
        {
            return answer;
        }

        if (answer is Wire.WatchMessage { Event.Sequence: > 0 and <= ContractLimits.HighestNumber } damaged && MayReplace())
        {
            damaged.Event = Replace(damaged.Event.Sequence, breach);
            return answer;
        }

        throw Refuse($"its agent sent something beyond the contract's limits: {breach.Sentence}");
    }

    private ContractBreachException Refuse(string reason)
    {
        report(reason);
        return new(reason);
    }

    /// <summary>Keeps the sequence whole, and says in the history what is missing.</summary>
    private Wire.AgentEvent Replace(long sequence, Breach breach) => new()
    {
        Sequence = sequence,
        At = Timestamp.FromDateTimeOffset(timeProvider.GetUtcNow()),
        StateChange = new() { Subject = "history", To = "incomplete", Detail = string.Create(CultureInfo.InvariantCulture, $"Event {sequence} was rejected: {breach.Sentence}") },
    };

    private bool MayReplace()
    {
        lock (_lock)
        {
            var now = timeProvider.GetUtcNow();
            if ((now - _hour).Duration() > TimeSpan.FromHours(1))
            {
                (_hour, _replaced) = (now, 0);
            }

            return ++_replaced <= MostReplacedOfAnHour;
        }
    }

    private async Task<T> TakeAsync<T>(Task<T> answer)
    {
        try
        {
            return Take(await answer);
        }
        catch (RpcException exception)
        {
            throw AgentStatus.Clean(exception);
        }
    }

    /// <summary>Each message is checked once, when it is reached.</summary>
    private sealed class CheckedStream<T>(IAsyncStreamReader<T> messages, Func<T, T> take) : IAsyncStreamReader<T>
    {
        public T Current { get; private set; } = default!;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            try
            {
                if (!await messages.MoveNext(cancellationToken))
                {
                    return false;
                }
            }
            catch (RpcException exception)
            {
                throw AgentStatus.Clean(exception);
            }

            Current = take(messages.Current);
            return true;
        }
    }
}
