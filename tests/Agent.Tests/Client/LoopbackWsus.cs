using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Web.Administration;
using WsusDashboard.Agent.Client;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Iis.Emulation.Runtime;
using WsusDashboard.Shared.Probing;

namespace WsusDashboard.Agent.Tests.Client;

/// <summary>A WSUS on this computer whose web services run in "WsusPool" and whose administration in "AdminPool": what each answers, and what its pools are doing, is up to the test.</summary>
internal sealed class LoopbackWsus : IPoolRuntime, IAsyncDisposable
{
    public const string Pool = "WsusPool";
    public const string AdminPool = "AdminPool";

    private readonly TempFolder _folder = new();
    private readonly ConcurrentDictionary<string, int> _statuses = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<string> _asked = new();
    private IDisposable? _registration;
    private LoopbackServer? _server;

    private LoopbackWsus()
    {
    }

    public FakeEdges Edges { get; } = new();

    public AgentOptions Options { get; private set; } = null!;

    public Dictionary<string, ObjectState> States { get; } = new() { [Pool] = ObjectState.Started, [AdminPool] = ObjectState.Started };

    public HashSet<string> WithWorker { get; } = [Pool, AdminPool];

    /// <summary>Paths in the order in which they were asked for.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>Runs before each answer.</summary>
    public Func<HttpContext, Task> BeforeAnswer { get; set; } = _ => Task.CompletedTask;

    private string Configuration => _folder.File("applicationHost.config");

    public static async Task<LoopbackWsus> StartAsync(string startMode = "AlwaysRunning", string idleTimeout = "00:20:00")
    {
        var wsus = new LoopbackWsus();
        wsus._server = await LoopbackServer.StartAsync(web => web.Run(wsus.AnswerAsync));
        wsus.Edges.Values[(WsusRegistry.SetupKey, "PortNumber")] = wsus._server.Port;
        wsus.Edges.Values[(WsusRegistry.SetupKey, "IISTargetWebSiteIndex")] = 2;
        wsus.Options = new AgentOptions { ApplicationHostConfig = wsus.Configuration, WsusHost = "127.0.0.1" };
        await File.WriteAllTextAsync(wsus.Configuration, $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <configuration>
              <system.applicationHost>
                <applicationPools>
                  <add name="WsusPool" startMode="{startMode}"><processModel idleTimeout="{idleTimeout}" /></add>
                  <add name="AdminPool" startMode="{startMode}"><processModel idleTimeout="{idleTimeout}" /></add>
                </applicationPools>
                <sites>
                  <site name="WSUS Administration" id="2">
                    <application path="/" applicationPool="WsusPool" />
                    <application path="/ClientWebService" applicationPool="WsusPool" />
                    <application path="/ApiRemoting30" applicationPool="AdminPool" />
                  </site>
                </sites>
              </system.applicationHost>
            </configuration>
            """, TestContext.Current.CancellationToken);
        wsus._registration = EmulatedIis.Register(wsus.Configuration, wsus);
        wsus.Answer(ClientEndpoint.ApiRemoting30, 401);
        return wsus;
    }

    public ClientProbe Probe(TimeProvider timeProvider)
    {
        var registry = new WsusRegistry(Edges, Options);
        return new ClientProbe(registry, new ServingPools(new IisAccess(Options, Edges), registry), new EndpointProbe(timeProvider, "tests"));
    }

    /// <summary>Every question is asked and none is answered, until the test lets them.</summary>
    public HeldAnswers HoldAnswers()
    {
        var held = new HeldAnswers(this);
        BeforeAnswer = held.WaitAsync;
        return held;
    }

    public void Answer(ClientEndpoint endpoint, int status) => _statuses[ClientEndpoints.PathOf(endpoint)] = status;

    public void DamageConfiguration() => File.WriteAllText(Configuration, "<configuration><system.applicationHost>");

    public ObjectState GetState(string pool) => States[pool];

    public ObjectState Start(string pool) => throw new InvalidOperationException($"Nobody may start {pool}.");

    public ObjectState Stop(string pool) => throw new InvalidOperationException($"Nobody may stop {pool}.");

    public ObjectState Recycle(string pool) => throw new InvalidOperationException($"Nobody may recycle {pool}.");

    public IReadOnlyList<EmulatedWorker> GetWorkers(string pool) => WithWorker.Contains(pool) ? [new EmulatedWorker(4711)] : [];

    public async ValueTask DisposeAsync()
    {
        _registration?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Assert.Equal(HttpMethods.Get, context.Request.Method);
        var path = context.Request.Path.Value!;
        _asked.Enqueue(path);
        await BeforeAnswer(context);
        context.Response.StatusCode = _statuses.GetValueOrDefault(path, 200);
    }

    /// <summary>Answers that wait.</summary>
    internal sealed class HeldAnswers(LoopbackWsus wsus) : IDisposable
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task UntilAskedAsync(int count)
        {
            while (wsus.Asked.Count < count)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        public void Release() => _released.TrySetResult();

        public Task WaitAsync(HttpContext context) => _released.Task;

        public void Dispose() => Release();
    }
}
