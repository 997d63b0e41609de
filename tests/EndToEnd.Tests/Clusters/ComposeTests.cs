using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Settings;

namespace WsusDashboard.EndToEnd.Tests.Clusters;

/// <summary>docker/compose.yaml beside docker/nginx and the product's options. No container engine is asked: what is compared is what would start.</summary>
public sealed partial class ComposeTests
{
    private readonly string _compose = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(NginxProcess.ConfigurationPath))!, "compose.yaml"));
    private readonly string _nginx = File.ReadAllText(NginxProcess.ConfigurationPath);

    [Fact]
    public void Cluster_PortsOfItsDashboards_AreThoseThatNginxAsks()
    {
        var ports = Ports().Matches(_compose).Select(match => int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture)).ToList();

        Assert.Equal(3, ports.Count);
        Assert.Equal(ports, Upstreams().Matches(_nginx).Select(match => int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Cluster_AddressOfItsDashboards_IsTheNameOfNginx()
    {
        var name = Name().Match(_nginx).Groups["name"].Value;

        Assert.Equal($"https://{name}", Setting("Dashboard__PublicAddress"));
    }

    [Fact]
    public void Settings_OfAllServices_AreOptionsOfTheDashboard()
    {
        var settings = Settings().Matches(_compose).Select(match => KeyValuePair.Create(match.Groups["key"].Value.Replace("__", ":", StringComparison.Ordinal), (string?)match.Groups["value"].Value)).DistinctBy(setting => setting.Key).ToList();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

        var options = OptionsReader.Read<DashboardOptions>(configuration, DashboardOptions.SectionName, null);

        Assert.True(settings.Count >= 5, $"Only {settings.Count} settings were found.");
        Assert.Equal(("postgresql", Setting("Dashboard__PublicAddress")), (options.Database.Provider, options.PublicAddress));
    }

    [Fact]
    public void Secrets_ThatServicesUse_AreDeclared()
    {
        var used = UsedSecrets().Matches(_compose).SelectMany(match => match.Groups["names"].Value.Split(',', StringSplitOptions.TrimEntries)).Concat(Sources().Matches(_compose).Select(match => match.Groups["name"].Value)).Distinct().Order(StringComparer.Ordinal);
        var declared = DeclaredSecrets().Matches(_compose).Select(match => match.Groups["name"].Value).Order(StringComparer.Ordinal);

        Assert.Equal(declared, used);
    }

    private string Setting(string key) => Settings().Matches(_compose).First(match => match.Groups["key"].Value == key).Groups["value"].Value;

    [GeneratedRegex(@"^ +Dashboard__Port: (?<port>\d+)$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Ports();

    [GeneratedRegex(@"^    server 127\.0\.0\.1:(?<port>\d+) ", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Upstreams();

    [GeneratedRegex(@"server_name (?<name>[a-z.]+);", RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    [GeneratedRegex(@"^ +(?<key>Dashboard__\w+): (?<value>\S+)$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Settings();

    [GeneratedRegex(@"^    secrets: \[(?<names>[^\]]+)\]$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex UsedSecrets();

    [GeneratedRegex(@"^      - source: (?<name>\S+)$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Sources();

    [GeneratedRegex(@"^  (?<name>\S+):\n    file: ", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex DeclaredSecrets();
}
