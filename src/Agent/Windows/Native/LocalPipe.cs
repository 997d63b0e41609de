using System.IO.Pipes;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace WsusDashboard.Agent.Windows.Native;

/// <summary>The named pipe between an agent and programs on its server: who may open it, and whose it is.</summary>
[SupportedOSPlatform("windows")]
internal static class LocalPipe
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(2);

    /// <summary>Security identifier of the account of this process.</summary>
    public static string CurrentAccount()
    {
        using var identity = WindowsIdentity.GetCurrent();
        return (identity.User ?? throw new InvalidOperationException("This process runs without an account.")).Value;
    }

    /// <summary>
    /// The account of this process owns the pipe and has every right; administrators and the system may read and write, and make no further instance of it. Nobody else is
    /// named. A prompt of an administrator who came over the network (PowerShell remoting) counts as one of this server, as it does for its files.
    /// </summary>
    public static PipeSecurity CreateSecurity()
    {
        var own = new SecurityIdentifier(CurrentAccount());
        var security = new PipeSecurity();
        security.SetOwner(own);
        security.AddAccessRule(new PipeAccessRule(own, PipeAccessRights.FullControl, AccessControlType.Allow));
        foreach (var kind in (WellKnownSidType[])[WellKnownSidType.BuiltinAdministratorsSid, WellKnownSidType.LocalSystemSid])
        {
            security.AddAccessRule(new PipeAccessRule(new SecurityIdentifier(kind, null), PipeAccessRights.ReadWrite, AccessControlType.Allow));
        }

        return security;
    }

    /// <summary>Connects; the other side learns who calls and can't act as the caller.</summary>
    /// <exception cref="TimeoutException">There is no such pipe.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not open it.</exception>
    /// <exception cref="IOException">It broke.</exception>
    public static async Task<NamedPipeClientStream> ConnectAsync(string name, CancellationToken cancellationToken)
    {
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.WriteThrough, TokenImpersonationLevel.Identification);
        try
        {
            await pipe.ConnectAsync(ConnectLimit, cancellationToken);
            return pipe;
        }
        catch
        {
            await pipe.DisposeAsync();
            throw;
        }
    }

    /// <summary>Security identifier of the pipe's owner: only an account itself, or one that may restore files, can name an owner. Empty where it has none.</summary>
    public static string OwnerOf(NamedPipeClientStream pipe) => pipe.GetAccessControl().GetOwner(typeof(SecurityIdentifier))?.Value ?? "";
}
