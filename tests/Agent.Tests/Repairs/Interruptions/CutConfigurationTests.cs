using Microsoft.Web.Administration;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Tests.Repairs.Interruptions;

/// <summary>applicationHost.config is cut, by another program or a full disk, while a repair has the pool stopped: the pool runs again all the same.</summary>
public sealed class CutConfigurationTests : IDisposable
{
    private readonly FakeServer _server = new();
    private string? _whole;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Restart_ConfigurationCutInItsMiddle_StartsThePoolAndSaysSo()
    {
        _server.Iis.AfterStop = Cut;
        await using var agent = await AgentLife.BeginAsync(_server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        var failed = run.Steps.First(step => step.State == StepState.Failed);
        Assert.Equal((RepairState.Failed, ObjectState.Started, StepKind.RestartPool), (run.State, _server.Iis.State, failed.Kind));
        AssertText.Tells(failed.Message, "WsusPool was started again");
        Assert.Equal(["stop pool", "start pool"], _server.Iis.Done);

        Mend();
        Assert.Equal(RepairState.Succeeded, (await agent.UndoAsync(run.Id)).State);
        Assert.Equal(1000, _server.Iis.Settings.QueueLength);
    }

    [Fact]
    public async Task Restart_ConfigurationCutAndTheAgentEnded_StartsThePoolOnceIisCanBeRead()
    {
        _server.Iis.AfterStop = Cut;
        var id = await EndAfterTheStopAsync();
        _server.Iis.AfterStop = () => { };
        await using var agent = await AgentLife.BeginAsync(_server);

        var run = await agent.EndOfAsync(id);
        await agent.OwedStarts.LookAsync(Token);
        Assert.Equal((RepairState.Failed, ObjectState.Stopped), (run.State, _server.Iis.State));
        AssertText.Tells(run.Steps.First(step => step.State == StepState.Failed).Message, "the agent keeps watching");

        Mend();
        await agent.OwedStarts.LookAsync(Token);
        Assert.Equal(ObjectState.Started, _server.Iis.State);
        Assert.Null(await agent.OwedStarts.LookAsync(Token));
    }

    private async Task<string> EndAfterTheStopAsync()
    {
        using var other = new FakeServer();
        await using (var whole = await AgentLife.BeginAsync(other))
        {
            await whole.RunAsync(PlaybookCatalog.PoolOnlyId);
        }

        await using var life = await AgentLife.BeginAsync(_server, other.Crash.Passed.IndexOf("after stop pool") + 1);
        var id = (await life.StartAsync(PlaybookCatalog.PoolOnlyId)).Id;
        await _server.Ended.ReadAsync(Token);
        Assert.Equal(ObjectState.Stopped, _server.Iis.State);
        return id;
    }

    private void Cut()
    {
        _whole = File.ReadAllText(_server.Iis.ConfigurationPath);
        File.WriteAllText(_server.Iis.ConfigurationPath, _whole[..(_whole.Length / 2)]);
        _server.IisError = "The file ends in its middle.";
    }

    private void Mend()
    {
        File.WriteAllText(_server.Iis.ConfigurationPath, _whole);
        _server.IisError = null;
    }
}
