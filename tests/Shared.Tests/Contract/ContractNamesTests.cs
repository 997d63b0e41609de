using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Tests.Contract;

/// <summary>The proto files name closed lists in their comments and paths; the code must name the same.</summary>
public sealed class ContractNamesTests
{
    [Fact]
    public void Verbs_OfTheHttpPaths_AreTheClosedLists()
    {
        var paths = Wire.AgentReflection.Descriptor.Services.Single().Methods
            .Select(method => method.GetOptions()?.GetExtension(Google.Api.AnnotationsExtensions.Http))
            .Where(rule => rule is not null)
            .SelectMany(rule => rule!.AdditionalBindings.Append(rule))
            .Select(rule => rule.Post)
            .ToList();

        Assert.Equal(ServiceVerbs.All.Order(), Verbs(paths, "/v1/services/"));
        Assert.Equal(PoolVerbs.All.Order(), Verbs(paths, "/v1/pools/"));
    }

    [Fact]
    public void Ids_OfPlaybooksAndBaselines_AreThoseOfTheContract()
    {
        Assert.Equal(["full-repair", "pool-only", "restart-services", "start-wsus", "start-sms-executive", "restore-startup", "sync-only"], PlaybookCatalog.All.Select(playbook => playbook.Id));
        Assert.Equal(["guide", "microsoft", "optimize-wsusserver"], BaselineCatalog.All.Select(baseline => baseline.Id));
    }

    [Fact]
    public void StateSubjects_OfEachKind_NameKindAndObject()
    {
        Assert.Equal("pool:WsusPool", StateSubjects.Pool("WsusPool"));
        Assert.Equal("service:SMS_EXECUTIVE", StateSubjects.Service("SMS_EXECUTIVE"));
        Assert.Equal("setting:WsusPool/queueLength", StateSubjects.Setting("WsusPool", SettingKeys.QueueLength));
        Assert.Equal("section:wsus", StateSubjects.Section("wsus"));
    }

    private static IEnumerable<string> Verbs(IEnumerable<string> paths, string prefix) =>
        paths.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).Select(path => path[(path.LastIndexOf(':') + 1)..]).Order();
}
