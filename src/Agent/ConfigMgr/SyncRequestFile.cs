using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>
/// Asks the site's synchronization manager without the SMS Provider: an empty file in its inbox, the way Microsoft documents for a top site
/// (configmgr.md, 3): SELF.SYN for what changed, FULL.SYN for the whole catalogue. SyncNow leads to the same files. Not yet tried on a real site.
/// </summary>
public sealed class SyncRequestFile(ConfigMgrFolder folder)
{
    private const string ChangesFileName = "SELF.SYN";
    private const string FullFileName = "FULL.SYN";

    /// <returns>The file.</returns>
    /// <exception cref="EdgeException">There is no such inbox here, the site has a parent, or the file cannot be made.</exception>
    public string Write(bool isFull)
    {
        if (folder.FindParentSite() is { } parent)
        {
            throw new EdgeException(ReadFailure.Other, $"The request file works only at the top site, and this site's parent is {parent}.");
        }

        if (folder.FindSyncInbox() is not { } inbox)
        {
            throw new EdgeException(ReadFailure.NotFound, "The registry doesn't say where Configuration Manager is installed, so its inbox isn't known.");
        }

        var path = Path.Combine(inbox, isFull ? FullFileName : ChangesFileName);
        try
        {
            // A request that still waits there is as good as a new one.
            using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            return path;
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new EdgeException(ReadFailure.AccessDenied, $"The request file couldn't be created: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new EdgeException(exception is DirectoryNotFoundException ? ReadFailure.NotFound : ReadFailure.Unavailable, $"The request file couldn't be created: {exception.Message}", exception);
        }
    }
}
