using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Causes;

/// <summary>Where a piece of evidence stands.</summary>
/// <param name="Anchor">Of its log line or event on the page of the run; null where it is neither.</param>
/// <param name="Log">The log that can be opened on the server; null where none can.</param>
/// <param name="At">UTC time at which it stands in that log.</param>
/// <param name="Line">The kept line itself; null where it is none.</param>
internal sealed record EvidencePlace(string? Anchor, string? Log, DateTimeOffset? At, LoggedLine? Line)
{
    private const char Cut = '…';
    private const string LogEnding = ".log";

    public static EvidencePlace Nowhere { get; } = new(null, null, null, null);

    /// <summary>The place of a piece of evidence among what the agent kept of a run; without a run, its log alone.</summary>
    public static EvidencePlace Of(Evidence evidence, SyncRunExplanation? explanation)
    {
        var name = evidence.ReadFrom.EndsWith(LogEnding, StringComparison.OrdinalIgnoreCase) ? evidence.ReadFrom[..^LogEnding.Length] : evidence.ReadFrom;
        if (explanation?.Lines.FirstOrDefault(line => string.Equals(line.Log, name, StringComparison.OrdinalIgnoreCase) && line.At == evidence.At && IsCutOf(evidence.Raw, line.Text)) is { } line)
        {
            return new(AnchorOf(line), Openable(line.Log) is { } known && explanation.Logs.Contains(known) ? known : null, line.At, line);
        }

        if (explanation?.Events.FirstOrDefault(item => item.At == evidence.At && evidence.ReadFrom.EndsWith(string.Create(CultureInfo.InvariantCulture, $" {item.EventId}"), StringComparison.Ordinal)) is { } found)
        {
            return new(AnchorOf(found), null, found.At, null);
        }

        return Openable(name) is { } log && evidence.At is { } at && explanation?.Logs.Contains(log) != false ? new(null, log, at, null) : Nowhere;
    }

    /// <summary>The same for the same line, wherever it stands in a list: an address that was sent to somebody stays right.</summary>
    public static string AnchorOf(LoggedLine line) =>
        $"line-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{line.Log}\n{line.At?.UtcTicks}\n{line.Text}"))).AsSpan(0, 6))}";

    public static string AnchorOf(WindowsEvent item) => string.Create(CultureInfo.InvariantCulture, $"event-{item.LogName.ToLowerInvariant().Replace(' ', '-')}-{item.RecordId}");

    /// <summary>The log as the agent names it; null where it opens no such log.</summary>
    public static string? Openable(string log) => LogNames.All.FirstOrDefault(known => string.Equals(known, log, StringComparison.OrdinalIgnoreCase));

    /// <summary>Evidence holds the beginning of a long line.</summary>
    private static bool IsCutOf(string? raw, string text) =>
        raw is not null && (raw == text || (raw.EndsWith(Cut) && text.StartsWith(raw.AsSpan(0, raw.Length - 1), StringComparison.Ordinal)));
}
