using System.Globalization;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Asks Configuration Manager for a synchronization of the software update point: SMS_SoftwareUpdate.SyncNow, the call of its own console.</summary>
/// <remarks>
/// SyncNow only drops a request for the site's synchronization manager, which starts a synchronization of WSUS itself where none runs.
/// So asking WSUS and Configuration Manager is harmless: the second request finds the first one's synchronization.
/// The provider can run on another computer than the site server; it is asked where it says that it is.
/// </remarks>
public sealed class SyncNowAction(SiteReader site, IWmi wmi, SyncRequestFile file)
{
    /// <summary>Asks without the SMS Provider, where that failed in a way that is no refusal: a right that the provider denies is not gone around.</summary>
    /// <param name="isFull">The whole catalogue, not what changed.</param>
    /// <param name="failure">How the SMS Provider failed.</param>
    /// <returns>What was done, for a person; null where it was not tried.</returns>
    /// <exception cref="EdgeException">It was tried and failed.</exception>
    public string? AskByFile(bool isFull, EdgeException failure) => failure.Failure == ReadFailure.AccessDenied
        ? null
        : $"The SMS Provider didn't accept the request ({failure.Message}), so the agent put the file {file.Write(isFull)} into the site's inbox.";

    /// <summary>Asks the SMS Provider.</summary>
    /// <exception cref="EdgeException">The SMS Provider refused, is not there, or answered with something else than 0.</exception>
    public async Task AskAsync(string siteCode, bool isFull, CancellationToken cancellationToken)
    {
        var provider = await site.FindAsync(cancellationToken)
            ?? throw new EdgeException(ReadFailure.NotFound, $@"WMI on this server names no SMS Provider for site {siteCode} (root\SMS).");
        var answer = await wmi.InvokeAsync(
            provider.Scope,
            "SMS_SoftwareUpdate",
            "SyncNow",
            new Dictionary<string, object?> { ["fullSync"] = isFull },
            cancellationToken);
        if (answer is not null && Convert.ToInt64(answer, CultureInfo.InvariantCulture) is not 0 and var code)
        {
            throw new EdgeException(ReadFailure.Fault, $"Configuration Manager refused the sync of site {siteCode}: SyncNow returned {code}.");
        }
    }
}
