using System.Text.Json;
using WsusDashboard.Agent.Windows.Setup;

namespace WsusDashboard.Agent.Doctor.Reports;

/// <summary>Where names stand in a report.</summary>
internal static class NameSources
{
    private static readonly HashSet<string> ComputerFields = new(StringComparer.OrdinalIgnoreCase)
    {
        "computerName", "fullyQualifiedName", "serverName", "computer", "machine", "host", "source", "providerComputer", "proxyName", "server", "upstream", "upstreamServer", "idnHost", "dnsSafeHost",
    };

    private static readonly HashSet<string> AccountFields = new(StringComparer.OrdinalIgnoreCase) { "account", "requestedBy", "userName", "startedBy", "cancelledBy", "person" };

    public static NameMask Collect(ReportContent content, IReadOnlyList<ReportFile> files)
    {
        var mask = new NameMask();
        mask.AddComputer(content.Report.ComputerName);
        mask.AddComputer(Environment.MachineName);
        mask.AddComputer(content.Options.WsusHost);
        mask.AddComputer(content.Options.SusdbServer);
        mask.AddDomain(content.Domain);
        mask.AddAccount($@"{Environment.UserDomainName}\{Environment.UserName}");
        mask.AddAccount(content.Service.Report?.Account);
        foreach (var reading in content.Report.Results.Select(result => result.Outcome.Reading).OfType<AccountReading>())
        {
            mask.AddAccount(reading.Name);
        }

        foreach (var file in files.Where(file => file.Name.EndsWith(".json", StringComparison.Ordinal)))
        {
            CollectFields(file.Text, mask);
        }

        foreach (var file in files)
        {
            mask.Collect(file.Text);
        }

        return mask;
    }

    private static void CollectFields(string json, NameMask mask)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            Walk(document.RootElement, "", mask);
        }
        catch (JsonException)
        {
            // A journal document that is damaged is masked by the names that others hold.
        }
    }

    private static void Walk(JsonElement element, string name, NameMask mask)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Walk(property.Value, property.Name, mask);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Walk(item, name, mask);
                }

                break;
            case JsonValueKind.String when ComputerFields.Contains(name):
                mask.AddComputer(HostOf(element.GetString()));
                break;
            case JsonValueKind.String when AccountFields.Contains(name):
                mask.AddAccount(element.GetString());
                break;
            case JsonValueKind.String when Uri.TryCreate(element.GetString(), UriKind.Absolute, out var address) && address.HostNameType == UriHostNameType.Dns:
                mask.AddComputer(address.Host);
                break;
        }
    }

    private static string? HostOf(string? value) => Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Host.Length > 0 ? address.Host : value;
}
