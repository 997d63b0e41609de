using WsusDashboard.Dashboard.Data.Packing;
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
    public void PackedSamples_OfAnotherVersion_AreRefused() => Assert.Throws<FormatException>(() => PackedSamples.Unpack([9]));
}
