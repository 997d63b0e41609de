using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows.Setup;

/// <summary>
/// Owners and access lists of a folder with all that lies in it. Closing a folder leaves what is there already as it is, and below ProgramData anybody may have made the folder
/// before the installer.
/// </summary>
[SupportedOSPlatform("windows")]
internal static class FolderContents
{
    private const AccessControlSections OwnerAndAccess = AccessControlSections.Owner | AccessControlSections.Access;
    private const char Separator = '|';
    private const int NamedAtMost = 5;

    /// <summary>All of them as text, a line each, the folder first; what <see cref="Restore"/> takes.</summary>
    /// <exception cref="EdgeException">There is a link among them.</exception>
    public static string Describe(DirectoryInfo folder) =>
        string.Join('\n', (string[])[Sddl(folder), .. Below(folder).Select(item => $"{Path.GetRelativePath(folder.FullName, item.FullName)}{Separator}{Sddl(item)}")]);

    /// <summary>Puts back what <see cref="Describe"/> said. What was deleted since stays away, what was added since stays as it is.</summary>
    public static void Restore(DirectoryInfo folder, string access)
    {
        ProcessPrivileges.EnableOwnership();
        var lines = access.Split('\n');
        Set(folder, new DirectorySecurity(), lines[0]);
        foreach (var line in lines.Skip(1))
        {
            var place = line.IndexOf(Separator, StringComparison.Ordinal);
            var path = Path.Combine(folder.FullName, line[..place]);
            if (Directory.Exists(path))
            {
                Set(new DirectoryInfo(path), new DirectorySecurity(), line[(place + 1)..]);
            }
            else if (File.Exists(path))
            {
                Set(new FileInfo(path), new FileSecurity(), line[(place + 1)..]);
            }
        }
    }

    /// <summary>Why the contents are not to be trusted, or null: something in there belongs to an account that is none of these.</summary>
    /// <exception cref="EdgeException">There is a link among them.</exception>
    public static string? FindStranger(DirectoryInfo folder, IReadOnlySet<string> trusted)
    {
        ProcessPrivileges.EnableOwnership();
        var foreign = Below(folder).Select(item => (item.FullName, Owner: Owner(item))).Where(item => item.Owner is not null && !trusted.Contains(item.Owner.Value)).ToList();
        if (foreign.Count == 0)
        {
            return null;
        }

        var names = string.Join(", ", foreign.Take(NamedAtMost).Select(item => $"{item.FullName} ({Name(item.Owner!)})")) + (foreign.Count > NamedAtMost ? $" and {foreign.Count - NamedAtMost} more" : "");
        return $"{folder.FullName} has files that belong to accounts other than administrators and the service, so they may have been put there for the agent to trust: {names}. "
            + "Check them, then delete them or make the administrators their owner (takeown /A), and install again.";
    }

    /// <summary>Gives all that lies in the folder to the administrators, for these accounts only.</summary>
    public static void TakeOver(DirectoryInfo folder, IReadOnlyList<IdentityReference> accounts)
    {
        ProcessPrivileges.EnableOwnership();
        foreach (var item in Below(folder))
        {
            try
            {
                Close(item, accounts);
            }
            catch (FileNotFoundException)
            {
                // A running agent's database makes and deletes files beside it.
            }
        }
    }

    /// <summary>The access list of a folder, or of what lies in it, for these accounts only.</summary>
    public static T Closed<T>(T security, IReadOnlyList<IdentityReference> accounts, InheritanceFlags inheritance)
        where T : FileSystemSecurity
    {
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        foreach (var account in accounts)
        {
            security.AddAccessRule(new FileSystemAccessRule(account, FileSystemRights.FullControl, inheritance, PropagationFlags.None, AccessControlType.Allow));
        }

        security.SetOwner(new SecurityIdentifier(WellKnownSidType.BuiltinAdministratorsSid, null));
        return security;
    }

    private static void Close(FileSystemInfo item, IReadOnlyList<IdentityReference> accounts)
    {
        if (item is DirectoryInfo directory)
        {
            directory.SetAccessControl(Closed(new DirectorySecurity(), accounts, InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit));
        }
        else
        {
            ((FileInfo)item).SetAccessControl(Closed(new FileSecurity(), accounts, InheritanceFlags.None));
        }
    }

    // Each folder before what lies in it. A link is not followed: it could lead anywhere.
    private static IEnumerable<FileSystemInfo> Below(DirectoryInfo folder)
    {
        foreach (var item in folder.EnumerateFileSystemInfos())
        {
            if (item.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                throw new EdgeException(ReadFailure.AccessDenied, $"{item.FullName} is a link to another place. Remove it; the agent's data must be where its path says.");
            }

            yield return item;
            foreach (var inner in item is DirectoryInfo directory ? Below(directory) : [])
            {
                yield return inner;
            }
        }
    }

    private static string Sddl(FileSystemInfo item)
    {
        try
        {
            return Security(item).GetSecurityDescriptorSddlForm(OwnerAndAccess);
        }
        catch (FileNotFoundException)
        {
            return "";
        }
    }

    private static SecurityIdentifier? Owner(FileSystemInfo item)
    {
        try
        {
            return Security(item).GetOwner(typeof(SecurityIdentifier)) as SecurityIdentifier;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static FileSystemSecurity Security(FileSystemInfo item) =>
        item is DirectoryInfo directory ? directory.GetAccessControl(OwnerAndAccess) : ((FileInfo)item).GetAccessControl(OwnerAndAccess);

    private static void Set(FileSystemInfo item, FileSystemSecurity security, string sddl)
    {
        if (sddl.Length == 0)
        {
            return;
        }

        security.SetSecurityDescriptorSddlForm(sddl, OwnerAndAccess);
        if (item is DirectoryInfo directory)
        {
            directory.SetAccessControl((DirectorySecurity)security);
        }
        else
        {
            ((FileInfo)item).SetAccessControl((FileSecurity)security);
        }
    }

    private static string Name(SecurityIdentifier account)
    {
        try
        {
            return account.Translate(typeof(NTAccount)).Value;
        }
        catch (IdentityNotMappedException)
        {
            return account.Value;
        }
    }
}
