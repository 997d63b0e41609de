using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using WsusDashboard.Dashboard.Host;
using WsusDashboard.Shared.Telemetry;

namespace WsusDashboard.Dashboard.Tests;

public sealed partial class TelemetryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Endpoint_IsSet_MetricsTracesAndLogsArrive()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = await StartCollectorAsync(received);
        using var folder = new TempFolder();
        await using var dashboard = await StartAsync(folder, collector.Urls.First());
        using var http = new HttpClient { BaseAddress = new Uri(dashboard.Urls.First()) };
        using var answer = await http.GetAsync(new Uri("/health/live", UriKind.Relative), Token);
        Write(dashboard.Services.GetRequiredService<ILogger<TelemetryTests>>(), "a-word-of-this-test");

        await Eventually.Async(
            () => Task.FromResult(received),
            paths => paths.GetValueOrDefault("/v1/metrics", "").Contains("wsusdashboard.agent.links", StringComparison.Ordinal)
                && paths.GetValueOrDefault("/v1/traces", "").Contains("Microsoft.AspNetCore", StringComparison.Ordinal)
                && paths.GetValueOrDefault("/v1/logs", "").Contains("a-word-of-this-test", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.All(received.Values, body => Assert.Contains("WsusDashboard.Dashboard", body, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("http://127.0.0.1:1", "true")]
    public async Task Endpoint_IsNotSetOrDisabled_NothingOfItIsThere(string? endpoint, string? disabled)
    {
        using var folder = new TempFolder();
        await using var dashboard = await StartAsync(folder, endpoint, disabled);

        Assert.Null(dashboard.Services.GetService<MeterProvider>());
        Assert.Null(dashboard.Services.GetService<TracerProvider>());
        Assert.DoesNotContain(dashboard.Services.GetServices<ILoggerProvider>(), provider => provider.GetType().Namespace!.StartsWith("OpenTelemetry", StringComparison.Ordinal));
    }

    [LoggerMessage(LogLevel.Error, "{Word}")]
    private static partial void Write(ILogger logger, string word);

    private static async Task<WebApplication> StartAsync(TempFolder folder, string? endpoint, string? disabled = null)
    {
        var dashboard = DashboardHost.Build(
            [],
            options => (options.Port, options.EnrolmentPort, options.ListenAddress, options.DataDirectory) = (0, 0, "127.0.0.1", folder.Path),
            settings: new Dictionary<string, string?>
            {
                [TelemetryRegistration.EndpointVariable] = endpoint,
                [TelemetryRegistration.DisabledVariable] = disabled,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "100",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
                ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
            });
        await dashboard.StartAsync(Token);
        return dashboard;
    }

    /// <summary>Keeps what is sent to each path; names are readable in protobuf as they are.</summary>
    private static async Task<WebApplication> StartCollectorAsync(ConcurrentDictionary<string, string> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.AddOrUpdate(context.Request.Path, _ => Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
        });
        await collector.StartAsync(Token);
        return collector;
    }
}
