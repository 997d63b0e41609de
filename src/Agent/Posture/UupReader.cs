using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Posture;

/// <summary>Whether WSUS is ready for updates as Microsoft delivers them now: MIME types, room for the next months, what is selected.</summary>
internal sealed class UupReader(SitePartReader site, WsusClient client, ContentHistory history, TimeProvider timeProvider)
{
    public async Task<UupPart> ReadAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        if (snapshot.Iis.Value?.WsusSiteName is not { Length: > 0 } siteName)
        {
            return new();
        }

        var (mappings, problem) = site.ReadMimeTypes(siteName);
        var part = new UupPart { MimeTypes = [.. mappings], MimeProblem = problem, ReadAt = timeProvider.GetUtcNow() };
        if (snapshot.Host.Value?.ContentVolumeFreeKilobytes is { } free)
        {
            var growth = await history.NoteAsync(free, timeProvider.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            part = part with { FreeKilobytes = free, GrowthKilobytesPerDay = growth.KilobytesPerDay, GrowthDays = growth.Days };
        }

        try
        {
            var selection = await client.ReadSelectionAsync(cancellationToken).ConfigureAwait(false);
            return part with
            {
                StoresContent = selection.StoresContent,
                AllLanguages = selection.AllLanguages,
                Languages = [.. selection.Languages],
                SynchronizesDrivers = selection.HasDrivers,
                SynchronizesUpgrades = selection.HasUpgrades,
            };
        }
        catch (EdgeException exception)
        {
            return part with { SelectionProblem = exception.Message };
        }
    }
}
