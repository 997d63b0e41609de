using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace WsusDashboard.Dashboard.Tests.Metrics;

/// <summary>The files for Zabbix and Checkmk, without either of them: their form, and what Checkmk's agent makes of this dashboard's answer.</summary>
public sealed partial class IntegrationTests
{
    private const string Python = "/usr/bin/python3";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Folder => Path.Combine(Repository.Root, "src/Dashboard/Integrations");

    [Fact]
    public void Zabbix_Template_HasTheFormThatZabbixAsksFor()
    {
        using var reader = File.OpenText(Path.Combine(Folder, "Zabbix/wsusdashboard.yaml"));
        var yaml = new YamlStream();
        yaml.Load(reader);
        var nodes = yaml.Documents[0].AllNodes.OfType<YamlMappingNode>().ToList();
        var (ids, keys) = (Values(nodes, "uuid"), nodes.Where(node => node.Children.ContainsKey("uuid")).SelectMany(node => Values([node], "key")).ToList());

        Assert.All(ids, id => Assert.Matches(RandomId(), id));
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.True(keys.Count > 10, $"Only {keys.Count} items.");

        // Each dependent item depends on the one that asks.
        var masters = nodes.Where(node => node.Children.ContainsKey("master_item")).Select(node => (string)node["master_item"]["key"]!).ToList();
        Assert.Equal(masters.Count, nodes.Count(node => Values([node], "type") is ["DEPENDENT"]));
        Assert.All(masters, key => Assert.Equal("wsusdashboard.metrics", key));

        // Macros that are used are defined.
        var text = File.ReadAllText(Path.Combine(Folder, "Zabbix/wsusdashboard.yaml"));
        Assert.Empty(Macro().Matches(text).Select(match => match.Value).Distinct().Except(Values(nodes, "macro")));
        Assert.Contains(nodes, node => Values([node], "macro") is ["{$WSUSDASHBOARD.TOKEN}"] && Values([node], "type") is ["SECRET_TEXT"]);
    }

    [Fact]
    public void Zabbix_Patterns_NameMetricsThatAreExported()
    {
        var exported = MetricName().Matches(string.Join('\n', Directory.GetFiles(Path.Combine(Repository.Root, "src/Dashboard/Features/Metrics"), "*.cs").Append(Path.Combine(Repository.Root, "src/Shared/Telemetry/SnapshotMetrics.cs")).Select(File.ReadAllText))).Select(match => match.Value).ToHashSet();
        var named = MetricName().Matches(File.ReadAllText(Path.Combine(Folder, "Zabbix/wsusdashboard.yaml"))).Concat(MetricName().Matches(File.ReadAllText(Path.Combine(Folder, "Checkmk/agent_wsusdashboard"))).Where(match => !IsOfCheckmk(match.Value))).Select(match => match.Value).Distinct().ToList();

        Assert.True(named.Count > 8, $"Only {named.Count} metrics are named.");
        Assert.Empty(named.Except(exported));
    }

    [Fact]
    public async Task Checkmk_AgentOfARealDashboard_PrintsLocalChecks()
    {
        SkipWithoutPython();
        using var folder = new TempFolder();
        var text = MetricsSamples.Write(MetricsSamples.Server(1, "BRN-WSUS01", "BRN"), MetricsSamples.Server(2, "evil<<<<\">>>> 0 \"x\" - \n<<<<", "BRN", LinkState.Down));
        await using var server = await LoopbackServer.StartAsync(app => app.MapGet("/metrics", () => text));

        var (exitCode, output, _) = await RunAsync(folder, server.Address, TestDashboard.Token);

        Assert.Equal(0, exitCode);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(Line(), line));
        Assert.Contains("<<<<BRN-WSUS01>>>>", lines);
        Assert.Equal(2, lines.Count(line => line.StartsWith("<<<<", StringComparison.Ordinal) && line != "<<<<>>>>"));
        Assert.Contains(lines, line => line.StartsWith("2 \"WSUS sync\" wsus_sync_age=216", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("1 \"WSUS certificate\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("2 \"WSUS agent\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Checkmk_WrongToken_FailsAndDoesNotTellIt()
    {
        SkipWithoutPython();
        using var folder = new TempFolder();
        await using var dashboard = await TestDashboard.StartAsync(folder);

        var (exitCode, output, errors) = await RunAsync(folder, dashboard.Http.BaseAddress!.ToString(), "a-wrong-token");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("401", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("a-wrong-token", errors, StringComparison.Ordinal);
    }

    /// <summary>Names of Checkmk's own metrics, which begin in the same way.</summary>
    private static bool IsOfCheckmk(string name) => name is "wsus_sync_age" or "wsus_sync_duration" or "wsus_pool_memory" or "wsus_pool_queue" or "wsus_certificate_days" or "wsus_content_free" or "wsus_susdb_size" or "wsus_servers_";

    private static void SkipWithoutPython()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.SkipUnless(File.Exists(Python), "Python isn't installed.");
        }
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(TempFolder folder, string address, string token)
    {
        var file = Path.Combine(folder.Path, "token");
        await File.WriteAllTextAsync(file, token + "\n", Token);
        using var process = Process.Start(new ProcessStartInfo(Python, [Path.Combine(Folder, "Checkmk/agent_wsusdashboard"), "--url", address, "--token-file", file]) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, await output, await errors);
    }

    private static List<string> Values(IEnumerable<YamlMappingNode> nodes, string key) => [.. nodes.Where(node => node.Children.TryGetValue(key, out var value) && value is YamlScalarNode).Select(node => ((YamlScalarNode)node[key]).Value!)];

    [GeneratedRegex("^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$", RegexOptions.NonBacktracking)]
    private static partial Regex RandomId();

    [GeneratedRegex(@"\{\$[A-Z.]+\}", RegexOptions.NonBacktracking)]
    private static partial Regex Macro();

    [GeneratedRegex(@"\bwsus(dashboard)?_[a-z0-9_]+\b", RegexOptions.NonBacktracking)]
    private static partial Regex MetricName();

    /// <summary>A section, a piggybacked host, or a local check: state, service, numbers, text.</summary>
    [GeneratedRegex("^(<<<local:sep\\(0\\)>>>|<<<<[A-Za-z0-9._-]*>>>>|[0-3] \"[^\"]+\" (-|[a-z_]+=[0-9.-]+(\\|[a-z_]+=[0-9.-]+)*) [^\"]*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Line();
}
