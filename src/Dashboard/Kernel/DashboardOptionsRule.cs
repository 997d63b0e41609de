using WsusDashboard.Shared.Settings;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Kernel;

/// <summary>What annotations can't say; features have rules of their own beside them.</summary>
internal sealed class DashboardOptionsRule : OptionsRule<DashboardOptions>
{
    private const int MinimumTokenLength = 32;

    protected override IEnumerable<string> Mistakes(DashboardOptions options)
    {
        if (options.Agents.SilenceSeconds < options.Agents.UnreachableAfterSeconds)
        {
            yield return $"{DashboardOptions.KeyOf(options.Agents.SilenceSeconds)} is {options.Agents.SilenceSeconds}. Allowed: {DashboardOptions.KeyOf(options.Agents.UnreachableAfterSeconds)} ({options.Agents.UnreachableAfterSeconds}) or more.";
        }

        if (options.Agents.Address.Length > 0 && !HubAddress.TryRead(options.Agents.Address, out _))
        {
            yield return $"{DashboardOptions.KeyOf(options.Agents.Address)} is \"{options.Agents.Address}\". Allowed: {HubAddress.Allowed}; at most {HubAddress.MaximumLength} characters.";
        }

        if (!options.Api.Token.IsEmpty && options.Api.Token.Reveal().Length < MinimumTokenLength)
        {
            yield return $"{DashboardOptions.KeyOf(options.Api.Token)} is too short. Allowed: {MinimumTokenLength} random characters or more.";
        }

        if (!options.Metrics.Token.IsEmpty && options.Metrics.Token.Reveal().Length < MinimumTokenLength)
        {
            yield return $"{DashboardOptions.KeyOf(options.Metrics.Token)} is too short. Allowed: {MinimumTokenLength} random characters or more.";
        }

        if (TimeZones.Find(options.Reports.TimeZone) is null)
        {
            yield return $"{DashboardOptions.KeyOf(options.Reports.TimeZone)} is \"{options.Reports.TimeZone}\". Allowed: the name of a time zone, for example Europe/Zurich or UTC.";
        }

        if (!options.Alerts.HeartbeatAddress.IsEmpty && !(Uri.TryCreate(options.Alerts.HeartbeatAddress.Reveal(), UriKind.Absolute, out var heartbeat) && (heartbeat.Scheme is "http" or "https")))
        {
            yield return $"{DashboardOptions.KeyOf(options.Alerts.HeartbeatAddress)} isn't an address of a web service. Allowed: one that begins with https:// or http://.";
        }

        if (FolderProblem(options.DataDirectory) is { } problem)
        {
            yield return $"{DashboardOptions.KeyOf(options.DataDirectory)} is \"{options.DataDirectory}\"{problem}. Allowed: a folder that this account can write to.";
        }
    }

    private static string? FolderProblem(string folder)
    {
        try
        {
            OwnFiles.PrepareFolder(folder);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return folder.Length == 0 ? "" : $", which can't be created: {exception.Message}";
        }
    }
}
