using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using WsusDashboard.Dashboard.Host;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Tests.Support;

internal static class OptionMistakes
{
    /// <summary>What the start would say about these options.</summary>
    public static IReadOnlyList<string> Of(Action<DashboardOptions> configure, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        try
        {
            DashboardHost.ReadOptions(configuration, configure, new ServerCertificateRule(TimeProvider.System));
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return [.. exception.Failures];
        }
    }
}
