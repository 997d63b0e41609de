using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security;
using System.Text;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Native;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Windows;

/// <summary>What Windows and IIS throw, in which words and with which raw code a person reads it.</summary>
public sealed class WindowsFailureTests
{
    public static TheoryData<Exception, ReadFailure, string> Failures => new()
    {
        { new Win32Exception(5), ReadFailure.AccessDenied, "(Windows error 5)" },
        { new InvalidOperationException("Cannot open service.", new Win32Exception(1060)), ReadFailure.NotFound, "(Windows error 1060)" },
        { new InvalidOperationException("Cannot open service.", new Win32Exception(5)), ReadFailure.AccessDenied, "(Windows error 5)" },
        { new Win32Exception(1053), ReadFailure.TimedOut, "(Windows error 1053)" },
        { new Win32Exception(1722), ReadFailure.Unavailable, "(Windows error 1722)" },
        { new Win32Exception(1069), ReadFailure.Fault, "(Windows error 1069)" },
        { new UnauthorizedAccessException("Zugriff verweigert"), ReadFailure.AccessDenied, "Zugriff verweigert (0x80070005)" },
        { new SecurityException("denied"), ReadFailure.AccessDenied, "(0x8013150A)" },
        { new RaisedByWindows("Der RPC-Server ist nicht verfügbar.", unchecked((int)0x800706BA)), ReadFailure.Unavailable, "Der RPC-Server ist nicht verfügbar. (0x800706BA)" },
        { new RaisedByWindows("disabled", unchecked((int)0x80070422)), ReadFailure.Unavailable, "(0x80070422)" },
        { new RaisedByWindows("not registered", unchecked((int)0x80040154)), ReadFailure.NotFound, "(0x80040154)" },
        { new TypeInitializationException("System.Management.X", new DllNotFoundException("wminet_utils.dll")), ReadFailure.Other, "wminet_utils.dll" },
    };

    public static TheoryData<Exception, ReadFailure, string> IisErrors => new()
    {
        { new UnauthorizedAccessException("Filename: redirection.config, insufficient permissions"), ReadFailure.AccessDenied, "must run as Local System" },
        { new RaisedByWindows("Access is denied.", unchecked((int)0x80070005)), ReadFailure.AccessDenied, "(0x80070005)" },
        { new RaisedByWindows("Filename: applicationHost.config, line number: 12, Error: malformed", unchecked((int)0x8007000D)), ReadFailure.Malformed, "line number: 12" },
        { new RaisedByWindows("no class", unchecked((int)0x80040154)), ReadFailure.NotFound, "(0x80040154)" },
        { new RaisedByWindows("locked", unchecked((int)0x80070020)), ReadFailure.Unavailable, "(0x80070020)" },
        { new FileNotFoundException("gone"), ReadFailure.NotFound, "gone" },
        { new RaisedByWindows("refused", unchecked((int)0x80070426)), ReadFailure.Fault, "(0x80070426)" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Translate_AnyFailure_IsClassifiedAndKeepsTheRawCode(Exception thrown, ReadFailure failure, string text)
    {
        const string What = "Service WsusService could not be read";
        var translated = WindowsFailures.Translate(What, thrown);

        Assert.Equal(failure, translated.Failure);
        Assert.StartsWith(What, translated.Message, StringComparison.Ordinal);
        Assert.Contains(text, translated.Message, StringComparison.Ordinal);
        Assert.Same(thrown, translated.InnerException);
    }

    [Theory]
    [MemberData(nameof(IisErrors))]
    public void TranslateOfIis_AnyFailure_IsClassifiedAndKeepsTheRawCode(Exception thrown, ReadFailure failure, string text)
    {
        var translated = IisFailures.Translate("IIS could not be read", thrown);

        Assert.Equal(failure, translated.Failure);
        Assert.Contains(text, translated.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallAsync_AnyException_BecomesAnEdgeException()
    {
        var exception = await Assert.ThrowsAsync<EdgeException>(
            () => WindowsFailures.CallAsync<int>("WMI query", () => throw new PlatformNotSupportedException("System.Management is not here"), TestContext.Current.CancellationToken));

        Assert.Contains("System.Management is not here", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("850", "Zugriff verweigert für Bücher")]
    [InlineData("857", "Erişim engellendi")]
    [InlineData("932", "アクセス")]
    public void ConsoleEncoding_CodePageOfTheServer_ReadsItsLetters(string codePage, string text)
    {
        var encoding = ConsoleEncoding.From(codePage);

        Assert.Equal(text, encoding.GetString(encoding.GetBytes(text)));
        Assert.NotEqual(Encoding.UTF8.CodePage, encoding.CodePage);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("99999")]
    public void ConsoleEncoding_NotTold_IsUtf8(string? codePage) => Assert.Equal(Encoding.UTF8.CodePage, ConsoleEncoding.From(codePage).CodePage);

    /// <summary>What the runtime makes of a failed COM call.</summary>
    private sealed class RaisedByWindows(string message, int code) : COMException(message, code);
}
