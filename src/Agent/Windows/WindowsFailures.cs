using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows;

/// <summary>Translates what Windows throws into an <see cref="EdgeException"/>.</summary>
internal static class WindowsFailures
{
    private const int AccessDenied = 5;
    private const int ServiceRequestTimeout = 1053;
    private const int ServiceDoesNotExist = 1060;
    private const int AccessDeniedResult = unchecked((int)0x80070005);
    private const int RpcServerUnavailableResult = unchecked((int)0x800706BA);

    /// <summary>Runs a blocking call off the caller's thread; the caller's token carries the deadline.</summary>
    public static async Task<T> CallAsync<T>(string what, Func<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(call, cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not (EdgeException or OperationCanceledException))
        {
            throw Translate(what, exception);
        }
    }

    public static EdgeException Translate(string what, Exception exception) =>
        new(Classify(exception), $"{what}: {Describe(exception)}", exception);

    public static bool IsServiceMissing(Exception exception) => NativeErrorCode(exception) == ServiceDoesNotExist;

    private static ReadFailure Classify(Exception exception) => exception switch
    {
        UnauthorizedAccessException or SecurityException => ReadFailure.AccessDenied,
        TimeoutException => ReadFailure.TimedOut,
        COMException { HResult: AccessDeniedResult } => ReadFailure.AccessDenied,
        COMException { HResult: RpcServerUnavailableResult } => ReadFailure.Unavailable,
        _ => NativeErrorCode(exception) switch
        {
            AccessDenied => ReadFailure.AccessDenied,
            ServiceDoesNotExist => ReadFailure.NotFound,
            ServiceRequestTimeout => ReadFailure.TimedOut,
            null => ReadFailure.Other,
            _ => ReadFailure.Fault,
        },
    };

    // ServiceController wraps the error that says something in an InvalidOperationException that says nothing.
    private static string Describe(Exception exception) => exception.InnerException is Win32Exception inner ? inner.Message : exception.Message;

    private static int? NativeErrorCode(Exception exception) =>
        (exception as Win32Exception ?? exception.InnerException as Win32Exception)?.NativeErrorCode;
}
