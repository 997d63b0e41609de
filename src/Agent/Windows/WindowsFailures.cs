using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows;

/// <summary>Translates what Windows throws into an <see cref="EdgeException"/>. The raw code stays in the text: Windows tells its errors in its own language, the code is the same in each.</summary>
internal static class WindowsFailures
{
    private const int AccessDenied = 5;
    private const int ServiceRequestTimeout = 1053;
    private const int ServiceDoesNotExist = 1060;
    private const int RpcServerUnavailable = 1722;
    private const int AccessDeniedResult = unchecked((int)0x80070005);
    private const int RpcServerUnavailableResult = unchecked((int)0x800706BA);
    private const int ServiceDisabledResult = unchecked((int)0x80070422);
    private const int NoSuchClassResult = unchecked((int)0x80040154);

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

    /// <summary>The text of an exception with its raw code.</summary>
    public static string Describe(Exception exception)
    {
        // ServiceController wraps the error that says something in an InvalidOperationException that says nothing, and so does a type that could not be loaded.
        var told = exception is InvalidOperationException or TypeInitializationException && exception.InnerException is { } inner ? inner : exception;
        return told is Win32Exception windows
            ? string.Create(CultureInfo.InvariantCulture, $"{windows.Message.Trim()} (Windows error {windows.NativeErrorCode})")
            : string.Create(CultureInfo.InvariantCulture, $"{told.Message.Trim()} (0x{told.HResult:X8})");
    }

    private static ReadFailure Classify(Exception exception) => exception switch
    {
        UnauthorizedAccessException or SecurityException => ReadFailure.AccessDenied,
        TimeoutException => ReadFailure.TimedOut,
        COMException { HResult: AccessDeniedResult } => ReadFailure.AccessDenied,
        COMException { HResult: RpcServerUnavailableResult or ServiceDisabledResult } => ReadFailure.Unavailable,
        COMException { HResult: NoSuchClassResult } => ReadFailure.NotFound,
        COMException => ReadFailure.Fault,
        _ => NativeErrorCode(exception) switch
        {
            AccessDenied => ReadFailure.AccessDenied,
            ServiceDoesNotExist => ReadFailure.NotFound,
            ServiceRequestTimeout => ReadFailure.TimedOut,
            RpcServerUnavailable => ReadFailure.Unavailable,
            null => ReadFailure.Other,
            _ => ReadFailure.Fault,
        },
    };

    private static int? NativeErrorCode(Exception exception) =>
        (exception as Win32Exception ?? exception.InnerException as Win32Exception)?.NativeErrorCode;
}
