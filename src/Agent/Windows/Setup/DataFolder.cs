using System.Globalization;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows.Setup;

/// <summary>
/// The agent's data folder at its start: who may put something there can make the agent trust it. One that somebody else made before is refused; one of the
/// agent's own account that is open to others is closed.
/// </summary>
internal static class DataFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Makes the folder where it is absent, closed to others; looks at one that is there.</summary>
    /// <exception cref="EdgeException">It is a link, or it belongs to somebody else, or something in it does.</exception>
    /// <exception cref="IOException">It cannot be made or read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made or read.</exception>
    public static void Prepare(string path)
    {
        var folder = new DirectoryInfo(path);
        if (folder.LinkTarget is not null)
        {
            throw Refused($"{path} is a link to another folder. Remove it, or name the other folder in Agent:DataDirectory.");
        }

        if (OperatingSystem.IsWindows())
        {
            PrepareWindows(folder);
        }
        else
        {
            PrepareUnix(folder);
        }
    }

    [SupportedOSPlatform("windows")]
    private static void PrepareWindows(DirectoryInfo folder)
    {
        if (!folder.Exists)
        {
            folder.Create();
            return;
        }

        // Its access list is the installer's matter, and the doctor's; whose it is tells whether somebody made it before the installer.
        using var current = WindowsIdentity.GetCurrent();
        SecurityIdentifier[] own = [new(WellKnownSidType.BuiltinAdministratorsSid, null), new(WellKnownSidType.LocalSystemSid, null)];
        if (folder.GetAccessControl(AccessControlSections.Owner).GetOwner(typeof(SecurityIdentifier)) is SecurityIdentifier owner && !own.Contains(owner) && owner != current.User)
        {
            throw Refused($"{folder.FullName} belongs to {owner.Value}, not to administrators or the agent's account, so its content may have been put there for the agent to trust. Check it, then delete it or make the administrators its owner (takeown /A).");
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void PrepareUnix(DirectoryInfo folder)
    {
        if (!folder.Exists)
        {
            Directory.CreateDirectory(folder.FullName, OwnerOnly);
            return;
        }

        ThrowIfForeign(folder.FullName);
        var mode = folder.UnixFileMode;
        if ((mode & OthersWrite) != 0)
        {
            // It was open: others may have put something there.
            foreach (var item in folder.EnumerateFileSystemInfos())
            {
                ThrowIfForeign(item.FullName);
            }
        }

        if ((mode & ~OwnerOnly) != 0)
        {
            folder.UnixFileMode = mode & OwnerOnly;
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void ThrowIfForeign(string path)
    {
        if (UnixOwner.Read(path) is { } owner and not 0 && owner != UnixOwner.Current)
        {
            throw Refused(string.Create(CultureInfo.InvariantCulture, $"{path} belongs to user {owner}, not to the agent's ({UnixOwner.Current}), so it may have been put there for the agent to trust. Check it, then delete it or change its owner."));
        }
    }

    private static EdgeException Refused(string message) => new(ReadFailure.AccessDenied, message);
}
