using Microsoft.Web.Administration;
using WsusDashboard.Iis.Emulation.Errors;
using WsusDashboard.Iis.Emulation.Runtime;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>States, worker processes, start, stop and recycle.</summary>
public sealed class PoolRuntimeTests
{
    private const string Pools = "<add name=\"One\" />\n            <add name=\"Two\" autoStart=\"false\" />";

    [Fact]
    public void State_NothingDoneByHand_FollowsAutoStart()
    {
        using var folder = ConfigurationFolder.WithPools(Pools);
        using var manager = folder.Open();

        Assert.Equal([ObjectState.Started, ObjectState.Stopped], manager.ApplicationPools.Select(pool => pool.State));
        Assert.Empty(manager.WorkerProcesses);
    }

    [Fact]
    public void StopStartRecycle_OnePool_AreSeenByAnotherManagerAndLeaveTheConfigurationAlone()
    {
        using var folder = ConfigurationFolder.WithPools(Pools);
        var before = folder.Bytes;
        using var manager = folder.Open();
        var pool = manager.ApplicationPools["One"]!;

        Assert.Equal(ObjectState.Stopped, pool.Stop());
        Assert.Equal(ObjectState.Stopped, StateSeenByAnother(folder, "One"));
        Assert.Equal(ObjectState.Started, pool.Start());
        Assert.Equal(ObjectState.Started, StateSeenByAnother(folder, "One"));
        Assert.Equal(ObjectState.Started, pool.Recycle());
        Assert.Equal(before, folder.Bytes);
    }

    [Fact]
    public void StartStopRecycle_WrongState_AreRefusedWithTheCodeOfIis()
    {
        using var folder = ConfigurationFolder.WithPools(Pools);
        using var manager = folder.Open();
        var (started, stopped) = (manager.ApplicationPools["One"]!, manager.ApplicationPools["Two"]!);

        AssertRefused(IisRefusedException.AlreadyRunning, "One", () => started.Start());
        AssertRefused(IisRefusedException.NotStarted, "Two", () => stopped.Stop());
        AssertRefused(IisRefusedException.NotStarted, "Two", () => stopped.Recycle());
        Assert.Equal([ObjectState.Started, ObjectState.Stopped], manager.ApplicationPools.Select(pool => pool.State));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"One\": \"Stop")]
    [InlineData("[1, 2]")]
    [InlineData("{\"One\": \"Sleeping\", \"Three\": \"Stopped\"}")]
    [InlineData("null")]
    public void State_StateFileDamaged_FollowsAutoStartAndTheNextVerbRepairsIt(string damaged)
    {
        using var folder = ConfigurationFolder.WithPools(Pools);
        File.WriteAllText(folder.ConfigPath + ".state.json", damaged);

        Assert.Equal(ObjectState.Started, StateSeenByAnother(folder, "One"));
        using var manager = folder.Open();
        manager.ApplicationPools["One"]!.Stop();
        Assert.Equal(ObjectState.Stopped, StateSeenByAnother(folder, "One"));
    }

    [Fact]
    public void State_StateFileTooLarge_FollowsAutoStart()
    {
        using var folder = ConfigurationFolder.WithPools(Pools);
        using (var stream = File.Create(folder.ConfigPath + ".state.json"))
        {
            stream.SetLength(2 * 1024 * 1024);
        }

        Assert.Equal(ObjectState.Started, StateSeenByAnother(folder, "One"));
    }

    [Fact]
    public void Register_Runtime_AnswersForThatFileUntilItIsDisposed()
    {
        using var folder = ConfigurationFolder.WithPools(Pools);
        using var other = ConfigurationFolder.WithPools(Pools);
        var runtime = new RecordingRuntime();
        using (EmulatedIis.Register(folder.ConfigPath, runtime))
        {
            using var manager = folder.Open();
            var pool = manager.ApplicationPools["One"]!;
            Assert.Equal(ObjectState.Stopping, pool.Stop());
            Assert.Equal(["Stop One"], runtime.Calls);
            AssertRefused(IisRefusedException.CannotAcceptControl, "One", () => pool.Start());
            AssertRefused(IisRefusedException.CannotAcceptControl, "One", () => pool.Recycle());
            Assert.Equal(["Stop One"], runtime.Calls);
            runtime.State = ObjectState.Stopped;
            Assert.Equal(ObjectState.Starting, pool.Start());
            var worker = Assert.Single(manager.ApplicationPools["Two"]!.WorkerProcesses);
            Assert.Equal(("Two", 4711, "guid", WorkerProcessState.Running), (worker.AppPoolName, worker.ProcessId, worker.ProcessGuid, worker.State));
            Assert.Equal(["One", "Two"], manager.WorkerProcesses.Select(process => process.AppPoolName));
            Assert.Throws<InvalidOperationException>(() => EmulatedIis.Register(folder.ConfigPath, runtime));
            Assert.Equal(ObjectState.Started, StateSeenByAnother(other, "One"));
        }

        Assert.Equal(ObjectState.Started, StateSeenByAnother(folder, "One"));
    }

    [Fact]
    public void Dispose_RegistrationThatIsOver_DoesNotEndALaterOne()
    {
        using var folder = ConfigurationFolder.WithPools(Pools);
        var first = EmulatedIis.Register(folder.ConfigPath, new RecordingRuntime());
        first.Dispose();
        using var second = EmulatedIis.Register(folder.ConfigPath, new RecordingRuntime { State = ObjectState.Stopping });

        first.Dispose();

        Assert.Equal(ObjectState.Stopping, StateSeenByAnother(folder, "One"));
    }

    [Fact]
    public void Add_NewPool_IsKnownToIisOnceCommitted()
    {
        using var folder = ConfigurationFolder.WithPools(Pools + "\n            <applicationPoolDefaults queueLength=\"5000\" />");
        using var manager = folder.Open();
        var added = manager.ApplicationPools.Add("WsusPool");
        added.QueueLength = 2000;

        AssertRefused(IisRefusedException.ObjectNotKnown, "WsusPool", () => _ = added.State);
        Assert.Empty(manager.WorkerProcesses);
        manager.CommitChanges();

        Assert.Equal(ObjectState.Started, added.State);
        Assert.Equal(["One", "Two", "WsusPool"], manager.ApplicationPools.Select(pool => pool.Name));
        Assert.Contains(
            "            <add name=\"Two\" autoStart=\"false\" />\n            <add name=\"WsusPool\" queueLength=\"2000\" />\n            <applicationPoolDefaults",
            folder.Text,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one", IisRefusedException.AlreadyExists)]
    [InlineData("a/b", IisRefusedException.InvalidData)]
    [InlineData("a&b", IisRefusedException.InvalidData)]
    public void Add_NameTakenOrNotAllowed_IsRefused(string name, int code)
    {
        using var folder = ConfigurationFolder.WithPools(Pools);
        using var manager = folder.Open();

        AssertRefused(code, name, () => manager.ApplicationPools.Add(name));

        Assert.Equal(2, manager.ApplicationPools.Count);
    }

    [Fact]
    public void Remove_Pool_TakesItsTextAndItsState()
    {
        using var folder = ConfigurationFolder.WithPools(Pools);
        var before = folder.Text;
        ApplicationPool? removed = null;
        folder.Change(manager => manager.ApplicationPools["One"]!.Stop());

        folder.Change(manager =>
        {
            removed = manager.ApplicationPools["One"]!;
            manager.ApplicationPools.Remove(removed);
            Assert.Throws<InvalidOperationException>(() => removed.Cpu.Limit = 5);
            Assert.Throws<ArgumentException>(() => manager.ApplicationPools.Remove(removed));
        });

        Assert.Equal(before.Replace("\n            <add name=\"One\" />", "", StringComparison.Ordinal), folder.Text);
        folder.Change(manager => manager.ApplicationPools.Add("One"));
        Assert.Equal(ObjectState.Started, StateSeenByAnother(folder, "One"));
    }

    private static ObjectState StateSeenByAnother(ConfigurationFolder folder, string pool)
    {
        using var manager = folder.Open();
        return manager.ApplicationPools[pool]!.State;
    }

    private static void AssertRefused(int code, string name, Action call)
    {
        var exception = Assert.Throws<IisRefusedException>(call);
        Assert.Equal(code, exception.HResult);
        Assert.Contains($"'{name}'", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Takes a while over everything, like WAS.</summary>
    private sealed class RecordingRuntime : IPoolRuntime
    {
        public List<string> Calls { get; } = [];

        public ObjectState State { get; set; } = ObjectState.Started;

        public ObjectState GetState(string pool) => State;

        public ObjectState Start(string pool) => Record("Start " + pool, ObjectState.Starting);

        public ObjectState Stop(string pool) => Record("Stop " + pool, ObjectState.Stopping);

        public ObjectState Recycle(string pool) => Record("Recycle " + pool, ObjectState.Started);

        public IReadOnlyList<EmulatedWorker> GetWorkers(string pool) => [new(4711, ProcessGuid: "guid")];

        private ObjectState Record(string call, ObjectState state)
        {
            Calls.Add(call);
            return State = state;
        }
    }
}
