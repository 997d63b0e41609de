using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Principal;

namespace WsusDashboard.Agent.Windows.Setup;

/// <summary>The right to log on as a service: an account needs it before the service control manager starts anything as it.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class ServiceLogonRight
{
    private const string Right = "SeServiceLogonRight";
    private const uint PolicyAccess = 0x0010 | 0x0800; // create account, look up names
    private const uint NoSuchObject = 0xC0000034;

    /// <summary>False where the account has the right already.</summary>
    public static bool Grant(NTAccount account) => WithPolicy(account, (policy, sid) =>
    {
        if (Has(policy, sid))
        {
            return false;
        }

        fixed (char* text = Right)
        {
            var right = Name(text);
            Check(LsaAddAccountRights(policy, sid, &right, 1));
        }

        return true;
    });

    public static void Revoke(NTAccount account) => WithPolicy(account, (policy, sid) =>
    {
        fixed (char* text = Right)
        {
            var right = Name(text);
            Check(LsaRemoveAccountRights(policy, sid, 0, &right, 1));
        }

        return true;
    });

    private static bool Has(nint policy, byte* sid)
    {
        LsaName* rights = null;
        var status = LsaEnumerateAccountRights(policy, sid, &rights, out var count);
        if (status == NoSuchObject)
        {
            return false;
        }

        Check(status);
        try
        {
            for (var index = 0; index < count; index++)
            {
                if (new string(rights[index].Text, 0, rights[index].Bytes / sizeof(char)) == Right)
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            _ = LsaFreeMemory(rights);
        }
    }

    private static bool WithPolicy(NTAccount account, PolicyCall call)
    {
        var identifier = (SecurityIdentifier)account.Translate(typeof(SecurityIdentifier));
        var bytes = new byte[identifier.BinaryLength];
        identifier.GetBinaryForm(bytes, 0);
        var attributes = default(ObjectAttributes);
        Check(LsaOpenPolicy(0, &attributes, PolicyAccess, out var policy));
        try
        {
            fixed (byte* sid = bytes)
            {
                return call(policy, sid);
            }
        }
        finally
        {
            _ = LsaClose(policy);
        }
    }

    private static LsaName Name(char* text) => new() { Bytes = (ushort)(Right.Length * sizeof(char)), Capacity = (ushort)((Right.Length + 1) * sizeof(char)), Text = text };

    private static void Check(uint status)
    {
        if (status != 0)
        {
            throw new Win32Exception(LsaNtStatusToWinError(status));
        }
    }

    [LibraryImport("advapi32.dll")]
    private static partial uint LsaOpenPolicy(nint system, ObjectAttributes* attributes, uint access, out nint policy);

    [LibraryImport("advapi32.dll")]
    private static partial uint LsaAddAccountRights(nint policy, byte* sid, LsaName* rights, uint count);

    [LibraryImport("advapi32.dll")]
    private static partial uint LsaRemoveAccountRights(nint policy, byte* sid, byte all, LsaName* rights, uint count);

    [LibraryImport("advapi32.dll")]
    private static partial uint LsaEnumerateAccountRights(nint policy, byte* sid, LsaName** rights, out uint count);

    [LibraryImport("advapi32.dll")]
    private static partial uint LsaFreeMemory(void* buffer);

    [LibraryImport("advapi32.dll")]
    private static partial uint LsaClose(nint policy);

    [LibraryImport("advapi32.dll")]
    private static partial int LsaNtStatusToWinError(uint status);

    private delegate bool PolicyCall(nint policy, byte* sid);

    [StructLayout(LayoutKind.Sequential)]
    private struct ObjectAttributes
    {
        public uint Length;
        public nint RootDirectory;
        public nint ObjectName;
        public uint Attributes;
        public nint SecurityDescriptor;
        public nint SecurityQualityOfService;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct LsaName
    {
        public ushort Bytes;
        public ushort Capacity;
        public char* Text;
    }
}
