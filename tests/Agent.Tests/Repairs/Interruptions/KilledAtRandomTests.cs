using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs.Interruptions;

/// <summary>
/// Agents that end at any place of a repair, again and again, also while they resume it or roll it back: afterwards the server is as before or as the repair
/// says, never between. That each single place is survived is the matter of ResumeTests, PlaybookTests and TrialTests.
/// </summary>
public sealed class KilledAtRandomTests
{
    private const int MostKillsOfOneRun = 5;
    private const int FarthestPlace = 60;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(50)]
    [InlineData(1_000, Explicit = true)]
    public async Task Repairs_KilledAtRandomPlaces_LeaveTheServerAsBeforeOrAsTheySay(int kills)
    {
        var random = new Random(4711);
        var (killed, repairs, rolledBack) = (0, 0, 0);
        while (killed < kills)
        {
            var isHarmful = random.Next(3) == 0;
            using var server = new FakeServer { Wsus = { IsSiteServer = random.Next(2) == 0 } };
            if (isHarmful)
            {
                server.Answer = (endpoint, settings) => settings.PrivateMemoryKilobytes == 0 ? FakeServer.Answers(500, 19) : FakeServer.Answers(endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200);
            }

            var playbook = PlaybookCatalog.All[random.Next(PlaybookCatalog.All.Count)].Id;
            var before = server.Iis.Settings;
            var (run, ends) = await EndWithKillsAsync(server, playbook, random);

            killed += ends;
            repairs++;
            rolledBack += run.State == RepairState.RolledBack ? 1 : 0;
            AssertWhole(run, before, server.Iis.Settings, $"{playbook}, {ends} kills, repair {repairs}");
            Assert.True(server.Iis.State == Microsoft.Web.Administration.ObjectState.Started, playbook);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{killed} kills in {repairs} repairs, {rolledBack} rolled back");
        Assert.True(rolledBack > 0);
    }

    private static async Task<(Repair Run, int Kills)> EndWithKillsAsync(FakeServer server, string playbook, Random random)
    {
        string? id = null;
        var kills = 0;
        while (true)
        {
            await using var agent = await AgentLife.BeginAsync(server, kills < MostKillsOfOneRun ? random.Next(FarthestPlace) : null);
            try
            {
                id ??= (await agent.StartAsync(playbook)).Id;
                while (!agent.Worker.IsCompleted && !(agent.Gate.OccupiedBy is null && agent.Service.Get(id).IsFinal))
                {
                    await Task.Yield();
                    Token.ThrowIfCancellationRequested();
                }
            }
            catch (OperationCanceledException) when (!Token.IsCancellationRequested)
            {
                // It ended while it planned, or before it was ready.
            }
            catch (Xunit.Sdk.XunitException) when (server.Crash.HasCrashed)
            {
                // It ended while its gate was waited for.
            }

            if (!server.Crash.HasCrashed && id is not null)
            {
                return (agent.Service.Get(id), kills);
            }

            kills++;
            id ??= await FindAsync(server);
        }
    }

    /// <summary>A repair that was begun although its caller never heard of it.</summary>
    private static async Task<string?> FindAsync(FakeServer server)
    {
        await using var reader = await AgentLife.BeginAsync(server, crashAt: 0);
        try
        {
            return reader.Service.Get(RepairQueue.Latest).Id;
        }
        catch (CommandException exception) when (exception.Failure is CommandFailure.NotFound)
        {
            return null;
        }
    }

    /// <summary>What can be undone is in force, all of it; else nothing of it is.</summary>
    private static void AssertWhole(Repair run, PoolSettings before, PoolSettings after, string where)
    {
        Assert.True(run.State is RepairState.Succeeded or RepairState.RolledBack, $"{where}: {run.State}, {run.Steps.FirstOrDefault(step => step.State == StepState.Failed)?.Message}");
        Assert.All(
            run.Changes.Where(change => PoolSettingCatalog.Find(change.Setting) is not null),
            change => Assert.Equal(run.CanUndo ? change.After : change.Before, PoolSettingCatalog.Find(change.Setting)!.Read(after)));
        Assert.True(run.CanUndo || before == after, where);
        Assert.DoesNotContain(run.Steps, step => step.State is StepState.Running or StepState.Waiting);
    }
}
