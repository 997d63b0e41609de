using Microsoft.Web.Administration;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Iis;

/// <summary>Settings are committed at once, over a fresh reading, and once more where another program committed in between.</summary>
public sealed class PoolActionsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly IisRefusals _refusals = new();

    public PoolActionsTests() => File.WriteAllText(Config, """
        <?xml version="1.0" encoding="UTF-8"?>
        <configuration><system.applicationHost><applicationPools><add name="WsusPool" queueLength="1000" /><add name="Other" /></applicationPools><sites /></system.applicationHost></configuration>
        """);

    private string Config => _folder.File("applicationHost.config");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ApplyAsync_AnotherProgramCommitsInBetween_KeepsBothChanges()
    {
        var opened = 0;
        var actions = new PoolActions(() =>
        {
            opened++;
            var manager = new ServerManager(Config);
            _ = manager.ApplicationPools.Count;
            if (opened == 1)
            {
                ChangeElsewhere(5000);
            }

            return manager;
        }, _refusals);

        await ApplyAsync(actions);

        Assert.Equal(2, opened);
        using var result = new ServerManager(Config);
        Assert.Equal((30000, 5000), (result.ApplicationPools["WsusPool"]!.QueueLength, result.ApplicationPools["Other"]!.QueueLength));
    }

    [Fact]
    public async Task ApplyAsync_ConflictEveryTime_TriesOnceMoreAndChangesNothing()
    {
        var opened = 0;
        var actions = new PoolActions(() =>
        {
            var manager = new ServerManager(Config);
            _ = manager.ApplicationPools.Count;
            ChangeElsewhere(5000 + ++opened);
            return manager;
        }, _refusals);

        var exception = await Assert.ThrowsAsync<EdgeException>(() => ApplyAsync(actions));

        Assert.Equal(2, opened);
        Assert.Equal(ReadFailure.Unavailable, exception.Failure);
        Assert.IsType<FileLoadException>(exception.InnerException);
        Assert.Equal([("settings of a pool", nameof(FileLoadException), 2)], _refusals.All.Select(refusal => (refusal.Call, refusal.Type, refusal.Count)));
        using var result = new ServerManager(Config);
        Assert.Equal(1000, result.ApplicationPools["WsusPool"]!.QueueLength);
    }

    [Fact]
    public async Task ApplyAsync_OneValueRefused_ChangesNone()
    {
        var actions = new PoolActions(() => new ServerManager(Config), _refusals);

        var exception = await Assert.ThrowsAsync<EdgeException>(() => actions.ApplyAsync(
            "WsusPool",
            [KeyValuePair.Create(SettingKeys.PrivateMemory, "0"), KeyValuePair.Create(SettingKeys.QueueLength, "5")],
            TestContext.Current.CancellationToken));

        Assert.Equal(ReadFailure.Fault, exception.Failure);
        using var result = new ServerManager(Config);
        Assert.Equal(1000, result.ApplicationPools["WsusPool"]!.QueueLength);
    }

    [Fact]
    public async Task ApplyAsync_AccessDenied_SaysWhatToDo()
    {
        var actions = new PoolActions(() => throw new UnauthorizedAccessException("Filename: redirection.config. Error: Cannot read configuration file due to insufficient permissions"), _refusals);

        var exception = await Assert.ThrowsAsync<EdgeException>(() => ApplyAsync(actions));

        Assert.Equal(ReadFailure.AccessDenied, exception.Failure);
        Assert.Contains("insufficient permissions (0x80070005)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Local System", exception.Message, StringComparison.Ordinal);
        Assert.Equal([("settings of a pool", "0x80070005", 1)], _refusals.All.Select(refusal => (refusal.Call, refusal.Result, refusal.Count)));
    }

    [Fact]
    public async Task ApplyAsync_CallerGivesUpOnACommit_LetsNoOtherCommitBesideIt()
    {
        using var release = new ManualResetEventSlim();
        using var patience = new CancellationTokenSource();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var opened = 0;
        using var actions = new PoolActions(
            () =>
            {
                if (Interlocked.Increment(ref opened) == 1)
                {
                    entered.SetResult();
                    release.Wait(TestContext.Current.CancellationToken);
                }

                return new ServerManager(Config);
            },
            _refusals);

        var first = actions.ApplyAsync("WsusPool", [KeyValuePair.Create(SettingKeys.QueueLength, "2000")], patience.Token);
        await entered.Task;
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = ApplyAsync(actions);
        var settled = actions.WhenCommittedAsync(TestContext.Current.CancellationToken);

        Assert.Equal((1, false, false), (opened, second.IsCompleted, settled.IsCompleted));
        release.Set();
        await second;
        await settled;
        using var result = new ServerManager(Config);
        Assert.Equal((2, 30000), (opened, result.ApplicationPools["WsusPool"]!.QueueLength));
    }

    [Fact]
    public async Task ReadStateAsync_PoolGone_NamesIt()
    {
        var exception = await Assert.ThrowsAsync<EdgeException>(() => new PoolActions(() => new ServerManager(Config), _refusals).ReadStateAsync("WsusPool2", TestContext.Current.CancellationToken));

        Assert.Equal(ReadFailure.NotFound, exception.Failure);
        Assert.Contains("WsusPool2", exception.Message, StringComparison.Ordinal);
        Assert.Empty(_refusals.All);
    }

    [Fact]
    public async Task EveryCall_Refused_IsRecordedUnderItsName()
    {
        var actions = new PoolActions(() => throw new UnauthorizedAccessException(), _refusals);

        foreach (var call in (Func<string, CancellationToken, Task<PoolState>>[])[actions.ReadStateAsync, actions.StartAsync, actions.StopAsync, actions.RecycleAsync])
        {
            await Assert.ThrowsAsync<EdgeException>(() => call("WsusPool", TestContext.Current.CancellationToken));
        }

        Assert.Equal(["state of a pool", "start of a pool", "stop of a pool", "recycling of a pool"], _refusals.All.Select(refusal => refusal.Call));
    }

    private static Task ApplyAsync(PoolActions actions) =>
        actions.ApplyAsync("WsusPool", [KeyValuePair.Create(SettingKeys.QueueLength, "30000")], TestContext.Current.CancellationToken);

    private void ChangeElsewhere(long queueLength)
    {
        using var other = new ServerManager(Config);
        other.ApplicationPools["Other"]!.QueueLength = queueLength;
        other.CommitChanges();
    }
}
