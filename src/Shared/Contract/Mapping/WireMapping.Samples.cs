using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Samples;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.Sample ToWire(this ServerSample sample)
    {
        var wire = new Wire.Sample { Minute = sample.Minute, Client = { sample.Client.Select(ToWire) } };
        Set(sample.WorkerKilobytes, value => wire.WorkerKilobytes = value);
        Set(sample.LimitKilobytes, value => wire.LimitKilobytes = value);
        Set(sample.QueuedRequests, value => wire.QueuedRequests = value);
        Set(sample.RejectedRequests, value => wire.RejectedRequests = value);
        Set(sample.Updates, value => wire.Updates = value);
        Set(sample.ConfigMgrUpdates, value => wire.ConfigMgrUpdates = value);
        Set(sample.AgentMemoryKilobytes, value => wire.AgentMemoryKilobytes = value);
        return wire;

        static void Set(long? value, Action<long> set)
        {
            if (value is { } known)
            {
                set(known);
            }
        }
    }

    public static ServerSample ToDomain(this Wire.Sample sample) => new()
    {
        Minute = sample.Minute,
        WorkerKilobytes = sample.HasWorkerKilobytes ? sample.WorkerKilobytes : null,
        LimitKilobytes = sample.HasLimitKilobytes ? sample.LimitKilobytes : null,
        QueuedRequests = sample.HasQueuedRequests ? sample.QueuedRequests : null,
        RejectedRequests = sample.HasRejectedRequests ? sample.RejectedRequests : null,
        Updates = sample.HasUpdates ? sample.Updates : null,
        ConfigMgrUpdates = sample.HasConfigMgrUpdates ? sample.ConfigMgrUpdates : null,
        AgentMemoryKilobytes = sample.HasAgentMemoryKilobytes ? sample.AgentMemoryKilobytes : null,
        Client = Map(sample.Client, ToDomain),
    };

    public static Wire.EndpointSample ToWire(this EndpointSample sample)
    {
        var wire = new Wire.EndpointSample { Endpoint = (Wire.ClientEndpoint)sample.Endpoint, IsFailing = sample.IsFailing };
        if (sample.Milliseconds is { } milliseconds)
        {
            wire.Milliseconds = milliseconds;
        }

        return wire;
    }

    public static EndpointSample ToDomain(this Wire.EndpointSample sample) =>
        new(ToKnown<ClientEndpoint>((int)sample.Endpoint), sample.HasMilliseconds ? sample.Milliseconds : null, sample.IsFailing);
}
