using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace WsusDashboard.Dashboard.Tests.Metrics;

/// <summary>The dashboards for Grafana and the rules for Prometheus, without either of them: each metric they name is one of ours, and each expression is one that Prometheus reads.</summary>
public sealed partial class GrafanaTests
{
    private const string Promtool = "/usr/bin/promtool";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Boards => [.. Directory.GetFiles(Path.Combine(Repository.Root, "docker/grafana/dashboards"), "*.json").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Boards))]
    public void Board_Panels_HaveIdsOfTheirOwnAndTheDataSourceOfTheBoard(string file)
    {
        var board = Read(file);
        var panels = board.GetProperty("panels").EnumerateArray().ToList();

        Assert.Equal(JsonValueKind.Null, board.GetProperty("id").ValueKind);
        Assert.StartsWith("wsusdashboard-", board.GetProperty("uid").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(panels);
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel => Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString()));
        Assert.All(panels, panel => Assert.InRange(panel.GetProperty("gridPos").GetProperty("x").GetInt32() + panel.GetProperty("gridPos").GetProperty("w").GetInt32(), 1, 24));
    }

    [Fact]
    public void Expressions_Metrics_AreAllExported()
    {
        var exported = Exported();
        var named = Boards.SelectMany(board => Expressions(board.Data)).Append(File.ReadAllText(Path.Combine(Repository.Root, "docker/prometheus/wsusdashboard.rules.yml")))
            .SelectMany(expression => MetricName().Matches(expression).Select(match => match.Value)).Distinct().ToList();

        Assert.True(named.Count > 10, $"Only {named.Count} metrics are named.");
        Assert.Empty(named.Except(exported));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public async Task Expressions_OfABoard_AreReadByPromtool(string file)
    {
        if (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.SkipUnless(File.Exists(Promtool), "promtool (package prometheus) isn't installed.");
        }

        using var folder = new TempFolder();
        var rules = new StringBuilder("groups:\n- name: board\n  rules:\n");
        foreach (var (number, expression) in Expressions(file).Index())
        {
            rules.Append(CultureInfo.InvariantCulture, $"  - record: board:{number}\n    expr: {JsonSerializer.Serialize(expression.Replace("$__rate_interval", "5m", StringComparison.Ordinal).Replace("$site", ".*", StringComparison.Ordinal).Replace("$server", "x", StringComparison.Ordinal))}\n");
        }

        var path = Path.Combine(folder.Path, "rules.yml");
        await File.WriteAllTextAsync(path, rules.ToString(), Token);
        using var process = Process.Start(new ProcessStartInfo(Promtool, ["check", "rules", "--lint=none", path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0, await output + await errors);
    }

    private static JsonElement Read(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docker/grafana/dashboards", file))).RootElement;

    private static IEnumerable<string> Expressions(string file) => Read(file).GetProperty("panels").EnumerateArray().SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!);

    /// <summary>Every metric that the source of the dashboard names.</summary>
    private static IReadOnlyCollection<string> Exported()
    {
        var source = string.Join('\n', Directory.GetFiles(Path.Combine(Repository.Root, "src/Dashboard/Features/Metrics"), "*.cs").Append(Path.Combine(Repository.Root, "src/Shared/Telemetry/SnapshotMetrics.cs")).Select(File.ReadAllText));
        return [.. MetricName().Matches(source).Select(match => match.Value).Distinct()];
    }

    [GeneratedRegex(@"\bwsus(dashboard)?_[a-z0-9_]+\b", RegexOptions.NonBacktracking)]
    private static partial Regex MetricName();
}
