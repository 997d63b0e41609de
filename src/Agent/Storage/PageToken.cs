using System.Buffers.Text;
using System.Globalization;
using System.Text;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Storage;

/// <summary>Where a page of sync runs goes on: after the run that started at this time and has this id.</summary>
internal sealed record PageToken(long StartedAtTicks, string Id)
{
    private const int MaximumLength = 400;

    private static readonly PageToken First = new(long.MaxValue, "");

    public static string After(SyncRun run) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{run.StartedAt.UtcTicks} {run.Id}")));

    /// <summary>True for the empty text, the first page, and for what a page gave.</summary>
    public static bool IsValid(string text) => TryParse(text) is not null;

    /// <summary>The empty text is the first page.</summary>
    /// <exception cref="FormatException">The text is not a token that a page gave.</exception>
    public static PageToken Parse(string text) => TryParse(text) ?? throw new FormatException("The page token isn't one from an earlier answer.");

    private static PageToken? TryParse(string text)
    {
        if (text.Length == 0)
        {
            return First;
        }

        if (text.Length > MaximumLength || !Base64Url.IsValid(text))
        {
            return null;
        }

        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ', 2);
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? new PageToken(ticks, parts[1]) : null;
    }
}
