using System.Runtime.InteropServices;

namespace WsusDashboard.Iis.Emulation.Errors;

/// <summary>A call that IIS refuses. A COMException with IIS's code, because that is what the real API throws.</summary>
/// <remarks>
/// How sure: <see cref="NotStarted"/> for Stop of a stopped pool is in public stack traces of ApplicationPool.Stop
/// (aspnet/IISIntegration issue 1195), <see cref="ObjectNotKnown"/> for an object that WAS does not know likewise.
/// <see cref="AlreadyRunning"/> for Start, <see cref="CannotAcceptControl"/> while a pool changes state and NotStarted for
/// Recycle are the Windows service codes of the same situations; not yet tried on a real server.
/// </remarks>
public sealed class IisRefusedException : COMException
{
    /// <summary>ERROR_INVALID_DATA: a value that the schema does not allow.</summary>
    public const int InvalidData = unchecked((int)0x8007000D);

    /// <summary>ERROR_ALREADY_EXISTS: a second entry with the same key.</summary>
    public const int AlreadyExists = unchecked((int)0x800700B7);

    /// <summary>ERROR_INVALID_INDEX: an attribute or element that this schema does not have.</summary>
    public const int InvalidIndex = unchecked((int)0x80070585);

    /// <summary>ERROR_SERVICE_ALREADY_RUNNING.</summary>
    public const int AlreadyRunning = unchecked((int)0x80070420);

    /// <summary>ERROR_SERVICE_CANNOT_ACCEPT_CTRL: the pool is on its way to another state.</summary>
    public const int CannotAcceptControl = unchecked((int)0x80070425);

    /// <summary>ERROR_SERVICE_NOT_ACTIVE.</summary>
    public const int NotStarted = unchecked((int)0x80070426);

    /// <summary>ERROR_OBJECT_NOT_FOUND: WAS does not know the pool.</summary>
    public const int ObjectNotKnown = unchecked((int)0x800710D8);

    /// <param name="message">What was refused and why, for a person.</param>
    /// <param name="code">The HRESULT; one of the constants here.</param>
    public IisRefusedException(string message, int code)
        : base(message, code)
    {
    }
}
