using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;

namespace WsusDashboard.Agent.Tests.Iis;

/// <summary>The numbers of what IIS refused, from every reader and writer, in one bounded list.</summary>
public sealed class IisRefusalsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly IisRefusals _refusals = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Record_MoreKindsThanAreKept_CountsTheOthers()
    {
        foreach (var number in Enumerable.Range(0, 60))
        {
            _refusals.Record($"call {number}", new InvalidOperationException());
            _refusals.Record("call 0", new InvalidOperationException());
        }

        Assert.Equal(51, _refusals.All.Count);
        Assert.Equal(61, _refusals.All[0].Count);
        Assert.Equal(new IisRefusal(IisRefusals.Others, "", "", "", 10), _refusals.All[^1]);
    }

    [Fact]
    public void Merge_TwoLists_CountsTheSameRefusalTogetherAndTheRestLast()
    {
        IisRefusal One(string call, string result, int count) => new(call, "COMException", result, "", count);

        var merged = IisRefusals.Merge(
            [One("state of a pool", "0x80070426", 2), new(IisRefusals.Others, "", "", "", 3)],
            [One("state of a pool", "0x80070426", 5), One("state of a pool", "0x80070005", 1), new(IisRefusals.Others, "", "", "", 4)]);

        Assert.Equal([One("state of a pool", "0x80070426", 7), One("state of a pool", "0x80070005", 1), new(IisRefusals.Others, "", "", "", 7)], merged);
    }

    [Fact]
    public async Task ServingPools_DamagedConfiguration_IsRecorded()
    {
        var options = new AgentOptions { ApplicationHostConfig = _folder.File("applicationHost.config") };
        await File.WriteAllTextAsync(options.ApplicationHostConfig, "<configuration><system.applicationHost>", TestContext.Current.CancellationToken);
        var edges = new FakeEdges();
        var access = new IisAccess(options, edges);

        await Assert.ThrowsAsync<EdgeException>(() => new ServingPools(access, new WsusRegistry(edges, options)).ReadAsync(TestContext.Current.CancellationToken));

        Assert.Equal(("pools of WSUS's applications", 1), Assert.Single(access.Refusals.All.Select(refusal => (refusal.Call, refusal.Count))));
    }
}
