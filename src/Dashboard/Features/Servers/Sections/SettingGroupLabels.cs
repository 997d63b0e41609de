using WsusDashboard.Shared.Baselines;

namespace WsusDashboard.Dashboard.Features.Servers.Sections;

/// <summary>The groups of a pool's advanced settings, named as in IIS Manager.</summary>
internal static class SettingGroupLabels
{
    public static string Of(PoolSettingGroup group) => group switch
    {
        PoolSettingGroup.Cpu => "CPU",
        PoolSettingGroup.ProcessModel => "Process Model",
        PoolSettingGroup.RapidFailProtection => "Rapid-Fail Protection",
        PoolSettingGroup.Recycling => "Recycling",
        _ => "General",
    };
}
