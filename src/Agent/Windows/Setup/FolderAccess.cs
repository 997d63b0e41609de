using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace WsusDashboard.Agent.Windows.Setup;

/// <summary>One entry of a folder's access list that grants something.</summary>
/// <param name="AccountId">Security identifier; on other systems "group" or "others".</param>
/// <param name="Rights">As the system calls them.</param>
public sealed record FolderGrant(string AccountId, string Rights);

/// <summary>Reads who may use a folder.</summary>
internal static class FolderAccess
{
    /// <exception cref="UnauthorizedAccessException">The access list itself may not be read.</exception>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IReadOnlyList<FolderGrant> Read(string folder) => OperatingSystem.IsWindows() ? ReadWindows(folder) : ReadMode(folder);

    [SupportedOSPlatform("windows")]
    private static List<FolderGrant> ReadWindows(string folder) =>
    [
        .. new DirectoryInfo(folder).GetAccessControl(AccessControlSections.Access)
            .GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier))
            .Cast<FileSystemAccessRule>()
            .Where(rule => rule.AccessControlType == AccessControlType.Allow)
            .Select(rule => new FolderGrant(rule.IdentityReference.Value, rule.FileSystemRights.ToString())),
    ];

    [UnsupportedOSPlatform("windows")]
    private static List<FolderGrant> ReadMode(string folder)
    {
        // What is secret in it is closed file by file; who may write could put another policy there.
        var mode = File.GetUnixFileMode(folder);
        List<FolderGrant> grants = [];
        if (mode.HasFlag(UnixFileMode.GroupWrite))
        {
            grants.Add(new FolderGrant("group", "write"));
        }

        if (mode.HasFlag(UnixFileMode.OtherWrite))
        {
            grants.Add(new FolderGrant("others", "write"));
        }

        return grants;
    }
}
