using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Tests.Rules;

public sealed class SyncFailureTests
{
    [Theory]
    [InlineData("The remote server returned an error: (407) Proxy Authentication Required.", SyncFailureKind.Proxy)]
    [InlineData("System.Net.WebException: The request failed with HTTP status 407", SyncFailureKind.Proxy)]
    [InlineData("ProxyError", SyncFailureKind.Proxy)]
    [InlineData("The request failed with HTTP status 503: Service Unavailable.  Source: Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer", SyncFailureKind.WebServiceUnavailable)]
    [InlineData("WSUS server not configured. Source: CWSyncMgr::DoSync", SyncFailureKind.Unnamed)]
    [InlineData("USSCommunicationError: WebException: The underlying connection was closed: Could not establish trust relationship", SyncFailureKind.SecureChannel)]
    [InlineData("An existing connection was forcibly closed by the remote host", SyncFailureKind.Network)]
    [InlineData("UssNotFound", SyncFailureKind.Network)]
    [InlineData("0x80072EFE", SyncFailureKind.Network)]
    [InlineData("UssBusy", SyncFailureKind.Upstream)]
    [InlineData("LocalDBTooBusy", SyncFailureKind.Database)]
    [InlineData("The request failed with HTTP status 403: Forbidden", SyncFailureKind.AccessDenied)]
    [InlineData("UserCanceled", SyncFailureKind.Unnamed)]
    [InlineData("Sync succeeded. Setting sync alert to canceled state on site BRN", SyncFailureKind.Unnamed)]
    [InlineData("Updated 407 items in SMS database", SyncFailureKind.Unnamed)]
    [InlineData("The operation has timed out", SyncFailureKind.Unnamed)]
    [InlineData("", SyncFailureKind.Unnamed)]
    public void Classify_ErrorText_GivesTheReasonThatItNames(string text, SyncFailureKind expected) => Assert.Equal(expected, SyncFailure.Classify(0, text));

    [Theory]
    [InlineData(407, SyncFailureKind.Proxy)]
    [InlineData(503, SyncFailureKind.WebServiceUnavailable)]
    [InlineData(401, SyncFailureKind.AccessDenied)]
    [InlineData(-2147012889, SyncFailureKind.Network)]
    [InlineData(0x80072EE7, SyncFailureKind.Network)]
    [InlineData(-2146762487, SyncFailureKind.SecureChannel)]
    [InlineData(0, SyncFailureKind.Unnamed)]
    [InlineData(-1, SyncFailureKind.Unnamed)]
    public void Classify_ErrorNumber_GivesTheReason(long code, SyncFailureKind expected) => Assert.Equal(expected, SyncFailure.Classify(code, ""));

    [Theory]
    [InlineData(SyncResult.Succeeded, SyncFailureKind.Unnamed)]
    [InlineData(SyncResult.Running, SyncFailureKind.Unnamed)]
    [InlineData(SyncResult.Cancelled, SyncFailureKind.Proxy)]
    public void Classify_Run_LooksOnlyAtOnesThatDidNotSucceed(SyncResult result, SyncFailureKind expected) =>
        Assert.Equal(expected, SyncFailure.Classify(new SyncRun { Id = "1", Result = result, ErrorText = "ProxyError" }));

    [Fact]
    public void Describe_EveryNamedKind_HasWords() =>
        Assert.All(Enum.GetValues<SyncFailureKind>(), kind => Assert.Equal(kind is SyncFailureKind.Unnamed, SyncFailure.Describe(kind) is null));
}
