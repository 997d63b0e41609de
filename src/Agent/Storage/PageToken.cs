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

    /// <summary>The empty text is the first page.</summary>
    /// <exception cref="FormatException">The text is not a token that a page gave.</exception>
    public static PageToken Parse(string text)
    {
        if (text.Length == 0)
        {
            return First;
        }

        if (text.Length <= MaximumLength)
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ', 2);
            if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks))
            {
                return new PageToken(ticks, parts[1]);
            }
        }

        throw new FormatException("The page token is not one that an earlier answer gave.");
    }
}
