using System.Globalization;
using System.Runtime.InteropServices;
using System.Xml;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>Translates what Microsoft.Web.Administration throws into an <see cref="EdgeException"/> with the raw error.</summary>
internal static class IisFailures
{
    private const int AccessDenied = unchecked((int)0x80070005);
    private const int FileNotFound = unchecked((int)0x80070002);
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int InvalidData = unchecked((int)0x8007000D);
    private const int RpcServerUnavailable = unchecked((int)0x800706BA);
    private const int ServiceDisabled = unchecked((int)0x80070422);
    private const int NoSuchClass = unchecked((int)0x80040154);

    /// <summary>
    /// True where another program committed between our read and our commit, or writes at this moment. IIS throws a FileLoadException for it
    /// ("Cannot commit configuration changes because the file has changed on disk", as public stack traces of CommitChanges show).
    /// </summary>
    public static bool IsConflict(Exception exception) => exception is FileLoadException or COMException { HResult: SharingViolation };

    public static EdgeException Translate(string what, Exception exception) => exception switch
    {
        XmlException damaged => new EdgeException(
            ReadFailure.Malformed,
            string.Create(CultureInfo.InvariantCulture, $"{what}: IIS's configuration is damaged at line {damaged.LineNumber}, column {damaged.LinePosition}: {damaged.Message}"),
            damaged),
        _ => new EdgeException(Classify(exception), $"{what}: {WindowsFailures.Describe(exception)}{Advice(exception)}", exception),
    };

    private static ReadFailure Classify(Exception exception) => exception switch
    {
        UnauthorizedAccessException or COMException { HResult: AccessDenied } => ReadFailure.AccessDenied,
        FileNotFoundException or DirectoryNotFoundException or COMException { HResult: FileNotFound or NoSuchClass } => ReadFailure.NotFound,
        COMException { HResult: InvalidData } => ReadFailure.Malformed,
        COMException { HResult: RpcServerUnavailable or ServiceDisabled or SharingViolation } or IOException => ReadFailure.Unavailable,
        COMException or ArgumentException => ReadFailure.Fault,
        _ => ReadFailure.Other,
    };

    private static string Advice(Exception exception) =>
        Classify(exception) == ReadFailure.AccessDenied ? " The agent must run as Local System or as an administrator." : "";
}
