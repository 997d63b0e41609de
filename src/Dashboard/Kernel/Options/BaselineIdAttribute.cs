using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Settings;

namespace WsusDashboard.Dashboard.Kernel.Options;

[AttributeUsage(AttributeTargets.Property)]
internal sealed class BaselineIdAttribute() : TextRuleAttribute(string.Join(", ", BaselineCatalog.All.Select(baseline => baseline.Id)))
{
    protected override bool Takes(string text) => BaselineCatalog.Find(text) is not null;
}
