using System.Diagnostics;
using System.Net;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Telemetry;

namespace WsusDashboard.Dashboard.Tests.Metrics;

/// <summary>/metrics: who reads it, what stands in it, and that Prometheus's own tool finds nothing wrong.</summary>
public sealed class MetricsTests : IAsyncLifetime
{
    private const string MetricsToken = "a-token-that-reads-metrics-and-nothing-else";
    private const string Hostile = "BRN\"} 1\n# TYPE x counter\\";
    private const string Promtool = "/usr/bin/promtool";

    private readonly TempFolder _folder = new();
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(_folder, options => options.Metrics.Token = new(MetricsToken));
        await AddAsync("BRN-WSUS01", "BRN", 9);
        await AddAsync("ZRH-SUP01", "ZRH", 10);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Get_TokenOfTheOptions_ReadsMetricsAndNothingElse()
    {
        using var client = _dashboard.Client(MetricsToken);

        Assert.Contains("wsus_up{server=\"BRN-WSUS01\",site=\"BRN\"}", await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token), StringComparison.Ordinal);
        foreach (var path in new[] { "/api/v1/servers", "/api/v1/audit", "/openapi/v1.json", "/hubs/fleet/negotiate", "/" })
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
            Assert.Contains(response.StatusCode, new[] { HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized, HttpStatusCode.Redirect, HttpStatusCode.MethodNotAllowed });
        }

        Assert.DoesNotContain("database", await client.GetStringAsync(new Uri("/health/ready", UriKind.Relative), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WithoutARightToken_IsUnauthorized()
    {
        foreach (var token in new[] { null, "wrong", MetricsToken + "x" })
        {
            using var client = _dashboard.Client(token);
            using var response = await client.GetAsync(new Uri("/metrics", UriKind.Relative), Token);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task Get_ViewerOfASite_SeesItsServersAlone()
    {
        var person = await _dashboard.AddPersonAsync("viewer", new Grant(Role.Viewer, SiteScope.Of("ZRH")));
        using var client = _dashboard.Client((await _dashboard.AddTokenAsync(person)).Text);

        var text = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);

        Assert.DoesNotContain("BRN", text, StringComparison.Ordinal);
        Assert.Contains("wsus_up{server=\"ZRH-SUP01\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SilentServer_KeepsUpAndLastContactAlone()
    {
        var before = Names(MetricsSamples.Write(MetricsSamples.Server(1, "BRN-WSUS01", "BRN")));
        var after = Names(MetricsSamples.Write(MetricsSamples.Server(1, "BRN-WSUS01", "BRN", LinkState.Down)));

        Assert.Contains("wsus_apppool_state", before);
        Assert.Contains("wsus_certificate_expiry_timestamp_seconds", before);
        Assert.Equal(["wsus_agent_last_contact_timestamp_seconds", "wsus_up"], after);
    }

    [Fact]
    public async Task Get_Answer_IsTheTextFormat()
    {
        using var response = await _dashboard.Http.GetAsync(new Uri("/metrics", UriKind.Relative), Token);
        Assert.Equal(PrometheusText.ContentType, response.Content.Headers.ContentType!.ToString());
        Assert.EndsWith("\n", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promtool_OfAWholeFleet_FindsNothing()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.SkipUnless(File.Exists(Promtool), "promtool (package prometheus) isn't installed.");
        }

        var text = MetricsSamples.Write(MetricsSamples.Server(1, "BRN-WSUS01", "BRN"), MetricsSamples.Server(2, Hostile, "BRN"), MetricsSamples.Server(3, "ZRH-SUP01", "ZRH", LinkState.Down));

        var (exitCode, said) = await CheckAsync(text, "check", "metrics");
        Assert.True(exitCode == 0 && said.Length == 0, said);
    }

    [Theory]
    [InlineData("check", "rules", "docker/prometheus/wsusdashboard.rules.yml")]
    [InlineData("test", "rules", "docker/prometheus/wsusdashboard.rules.test.yml")]
    [InlineData("check", "config", "docker/prometheus/prometheus.yml")]
    public async Task Promtool_OfTheFilesForPrometheus_FindsNothing(string verb, string what, string file)
    {
        if (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.SkipUnless(File.Exists(Promtool), "promtool (package prometheus) isn't installed.");
        }

        var path = Path.Combine(Repository.Root, file);
        var (exitCode, said) = await CheckAsync("", what == "config" ? [verb, what, "--syntax-only", path] : [verb, what, path]);
        Assert.True(exitCode == 0, said);
    }

    [Fact]
    public void Text_HostileLabel_StaysOnItsLine()
    {
        var text = new PrometheusText();
        text.Gauge("a", "About\na.", 1, ("server", Hostile));
        text.Gauge("a", "About\na.", 2, ("server", Hostile));
        text.Gauge("b", "Unknown.", null);

        Assert.Equal("# HELP a About\\na.\n# TYPE a gauge\na{server=\"BRN\\\"} 1\\n# TYPE x counter\\\\\"} 1\n", text.ToString());
    }

    private Task<int> AddAsync(string name, string site, int port) => _dashboard.AddServerAsync(TestDashboard.Path("https://127.0.0.1:{0}", port), name, site);

    /// <summary>Names of the metrics that the server has.</summary>
    private static IReadOnlyList<string> Names(string text) =>
        [.. text.Split('\n').Where(line => line.Contains("{server=\"BRN-WSUS01\"", StringComparison.Ordinal)).Select(line => line[..line.IndexOf('{', StringComparison.Ordinal)]).Distinct().Order(StringComparer.Ordinal)];

    private static async Task<(int ExitCode, string Said)> CheckAsync(string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Promtool, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, arguments[0] == "check" && arguments[1] == "metrics" ? await output + await errors : $"{await output}{await errors}");
    }
}
