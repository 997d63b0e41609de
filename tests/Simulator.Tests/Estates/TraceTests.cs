using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using WsusDashboard.Shared.Telemetry;

namespace WsusDashboard.Simulator.Tests.Estates;

public sealed class TraceTests : IAsyncLifetime
{
    private RealDashboard _real = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _real = await RealDashboard.StartAsync();

    public ValueTask DisposeAsync() => _real.DisposeAsync();

    /// <summary>The trace travels with the command: between the two programs there is nothing but the connection.</summary>
    [Fact]
    public async Task Repair_Started_SpansOfTheAgentBelongToTheTraceOfTheDashboard()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is Instrumentation.Name or "System.Net.Http" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await _real.EnrolAsync(0, await _real.IssueAsync(admits: true));
        await _real.UntilUpAsync();
        var server = (await _real.ReadAsync("/api/v1/servers")).GetProperty("items")[0].GetProperty("id").GetInt32();

        using var answer = await _real.Client.PostAsJsonAsync($"/api/v1/servers/{server}/repairs", new { playbook = "restart-services", baseline = "guide" }, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        var repair = (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("repair").GetProperty("id").GetString();
        await RealDashboard.UntilAsync(() => Task.FromResult(ended.Any(IsOfTheRepair)));

        var root = Assert.Single(ended, IsOfTheRepair);
        var command = Assert.Single(ended, span => span is { OperationName: "command", Source.Name: Instrumentation.Name } && span.TraceId == root.TraceId);
        Assert.Equal(ActivityKind.Client, command.Kind);
        Assert.NotEqual(default, root.ParentSpanId);
        var steps = ended.Where(span => span.OperationName == "repair.step" && span.ParentSpanId == root.SpanId).ToList();
        Assert.NotEmpty(steps);
        Assert.All(steps, step => Assert.Equal(command.TraceId, step.TraceId));

        bool IsOfTheRepair(Activity span) => span.OperationName == "repair" && repair!.Equals(span.GetTagItem("wsusdashboard.repair.id"));
    }
}
