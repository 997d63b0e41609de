using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Samples;

namespace WsusDashboard.Dashboard.Tests.Data;

public sealed class PackingTests
{
    [Fact]
    public void PackedSamples_AnySpans_AreReadBack()
    {
        SampleSpan[] spans =
        [
            new() { Unit = 29_000_000 },
            new() { Unit = 29_000_001, WorkerMinimum = 5, WorkerMean = 900_000, WorkerMaximum = long.MaxValue / 4, Limit = 0, QueuedMaximum = 3, Rejected = 0, Updates = 12, ConfigMgrUpdates = 7, AgentMemoryMaximum = 1 },
            new() { Unit = 29_000_002, WorkerMinimum = 5, WorkerMean = 899_999, WorkerMaximum = 900_000, Limit = 1_843_200, Samples = 60 },
            new() { Unit = 29_000_060, Rejected = 4_000 },
            new() { Unit = 29_000_061, ClientMilliseconds = [10, 20, null, 30_000, 3], ClientMaximum = 30_000, ClientFailing = 0 },
            new() { Unit = 29_000_062, ClientMilliseconds = [10, 20, null, null, 900], ClientMaximum = 20, ClientFailing = 1 },
            new() { Unit = 29_000_063, ClientMilliseconds = [null, null, null, null, null], ClientFailing = 1 },
            new() { Unit = 29_000_064 },
        ];

        Assert.Equal(spans, PackedSamples.Unpack(PackedSamples.Pack(spans)));
    }

    [Fact]
    public void PackedSamples_AnHourOfTremblingMemory_TakesAboutFiveBytesAMinute()
    {
        var spans = Enumerable.Range(0, 60).Select(minute => SampleSpan.From(new ServerSample
        {
            Minute = 29_000_000 + minute,
            WorkerKilobytes = 1_500_000 + (minute * 7919 % 4_000),
            LimitKilobytes = 1_843_200,
            QueuedRequests = 0,
            RejectedRequests = 0,
            Updates = 14_000,
            AgentMemoryKilobytes = 50_000,
        }));

        Assert.InRange(PackedSamples.Pack(spans).Length, 60, 60 * 5 + 40);
    }

    [Fact]
    public void PackedSamples_FromBeforeClientsWereAsked_ReadAsTheyDid()
    {
        // Unit 5, mask of queue and samples, a queue of 3, one sample; one unit later the queue is unknown.
        byte[] kept = [1, 5, 72, 7, 3, 1, 8, 0];
        SampleSpan[] spans = [new() { Unit = 5, QueuedMaximum = 3 }, new() { Unit = 6 }];

        Assert.Equal(spans, PackedSamples.Unpack(kept));
        Assert.Equal(kept, PackedSamples.Pack(spans));
    }

    [Fact]
    public void PackedSamples_AnHourOfAnswersToClients_TakesFewBytesAMinute()
    {
        var quiet = Enumerable.Range(0, 60).Select(minute => SampleSpan.From(Asked(29_000_000 + minute, 10, 10)));
        var trembling = Enumerable.Range(0, 60).Select(minute => SampleSpan.From(Asked(29_000_000 + minute, 7_500 + (minute * 7919 % 3_000 / 100 * 100), 10)));

        Assert.InRange(PackedSamples.Pack(quiet).Length, 60, 60 * 2 + 40);
        Assert.InRange(PackedSamples.Pack(trembling).Length, 60, 60 * 6 + 40);
    }

    [Fact]
    public void Merge_MinutesWithAndWithoutAnswers_HasTheMeanTheSlowestAndTheFailedMinutes()
    {
        var merged = SampleSpan.Merge(1, [
            SampleSpan.From(Asked(60, 100, 10)),
            SampleSpan.From(Asked(61, 300, 10)),
            SampleSpan.From(new ServerSample { Minute = 62, Client = [new EndpointSample(ClientEndpoint.ClientWebService, null, IsFailing: true), new EndpointSample(ClientEndpoint.ApiRemoting30, 9_000, IsFailing: true)] }),
            SampleSpan.From(new ServerSample { Minute = 63 }),
        ]);

        Assert.Equal((200L, 300L, 1L, 4), (merged.ClientMilliseconds[0], merged.ClientMaximum, merged.ClientFailing, merged.Samples));
        Assert.Equal(3_007, merged.ClientMilliseconds[4]);
    }

    [Fact]
    public void From_SampleInWhichNobodyAsked_KnowsNothingOfClients()
    {
        var span = SampleSpan.From(new ServerSample { Minute = 60 });

        Assert.Equal((0, null, null), (span.ClientMilliseconds.Count, span.ClientMaximum, span.ClientFailing));
    }

    [Fact]
    public void PackedSamples_OfAnotherVersion_AreRefused() => Assert.Throws<FormatException>(() => PackedSamples.Unpack([9]));

    private static ServerSample Asked(int minute, int scans, int administration) => new()
    {
        Minute = minute,
        Client = [.. ClientEndpoints.All.Select(endpoint => new EndpointSample(endpoint, endpoint is ClientEndpoint.ClientWebService ? scans : endpoint is ClientEndpoint.ApiRemoting30 ? administration : 10, IsFailing: false))],
    };
}
