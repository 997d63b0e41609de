using System.Globalization;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Agent.Posture;

/// <summary>
/// Enabled inbound rules of Windows' firewall that allow one of WSUS's ports. Classes, properties and their numbers are from memory and were never seen on a server; the classes list the
/// rules of the server itself, so those of a group policy may be missing.
/// </summary>
internal sealed class FirewallReader(IWmi wmi, TimeProvider timeProvider)
{
    private const string Scope = @"root\StandardCimv2";
    private const int MostRules = 50;
    private const int LongestList = 300;
    private const long Tcp = 6;

    /// <exception cref="EdgeException">WMI refuses.</exception>
    public async Task<FirewallPart> ReadAsync(IReadOnlyCollection<int> ports, CancellationToken cancellationToken)
    {
        var profiles = await wmi.QueryAsync(Scope, "SELECT Name, Enabled FROM MSFT_NetFirewallProfile", cancellationToken).ConfigureAwait(false);
        if (ports.Count == 0)
        {
            return new() { IsOn = AreAllOn(profiles), ReadAt = timeProvider.GetUtcNow() };
        }

        // Inbound = 1, allow = 2, enabled = 1.
        var rules = await wmi.QueryAsync(Scope, "SELECT InstanceID, DisplayName FROM MSFT_NetFirewallRule WHERE Direction = 1 AND Action = 2 AND Enabled = 1", cancellationToken).ConfigureAwait(false);
        var portFilters = await wmi.QueryAsync(Scope, "SELECT InstanceID, Protocol, LocalPort FROM MSFT_NetProtocolPortFilter", cancellationToken).ConfigureAwait(false);
        var addressFilters = await wmi.QueryAsync(Scope, "SELECT InstanceID, RemoteAddress FROM MSFT_NetAddressFilter", cancellationToken).ConfigureAwait(false);
        var byRule = portFilters.ToLookup(row => WmiValues.Text(row["InstanceID"]), StringComparer.OrdinalIgnoreCase);
        var addresses = addressFilters.ToLookup(row => WmiValues.Text(row["InstanceID"]), StringComparer.OrdinalIgnoreCase);
        return new()
        {
            IsOn = AreAllOn(profiles),
            Rules =
            [
                .. rules
                    .Select(rule => (Id: WmiValues.Text(rule["InstanceID"]), Name: WmiValues.Text(rule["DisplayName"])))
                    .Where(rule => byRule[rule.Id].Any(filter => Allows(filter, ports)))
                    .Take(MostRules)
                    .Select(rule => new FirewallRule(rule.Name, Join(byRule[rule.Id].Select(filter => filter["LocalPort"])), Join(addresses[rule.Id].Select(filter => filter["RemoteAddress"])))),
            ],
            ReadAt = timeProvider.GetUtcNow(),
        };
    }

    private static bool? AreAllOn(IReadOnlyList<WmiRow> profiles) => profiles.Count == 0 ? null : profiles.All(profile => WmiValues.Number(profile["Enabled"]) == 1);

    private static bool Allows(WmiRow filter, IReadOnlyCollection<int> ports)
    {
        var protocol = WmiValues.Text(filter["Protocol"]);
        return (protocol is "TCP" or FirewallRule.Any || WmiValues.Number(filter["Protocol"]) == Tcp) && Texts(filter["LocalPort"]).Any(text => Holds(text, ports));
    }

    /// <summary>"Any", "8530" or "8530-8531".</summary>
    private static bool Holds(string text, IReadOnlyCollection<int> ports)
    {
        if (string.Equals(text, FirewallRule.Any, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var ends = text.Split('-');
        return ends.Length is 1 or 2 && Number(ends[0]) is { } first && Number(ends[^1]) is { } last && ports.Any(port => port >= first && port <= last);
    }

    private static int? Number(string text) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static IEnumerable<string> Texts(object? value) => value switch
    {
        string text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        IEnumerable<string> texts => texts,
        _ => [],
    };

    /// <summary>A filter without a value lets everything in.</summary>
    private static string Join(IEnumerable<object?> values)
    {
        var text = string.Join(", ", values.SelectMany(Texts).Distinct());
        return text.Length == 0 ? FirewallRule.Any : text.Length <= LongestList ? text : text[..(LongestList - 1)] + "…";
    }
}
