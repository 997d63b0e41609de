using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Keys;

namespace WsusDashboard.Dashboard.Alerts;

/// <summary>What a link is for.</summary>
/// <param name="ChannelName">Who got it.</param>
/// <param name="Alert">What it is about.</param>
internal sealed record AlertLinkTarget(string ChannelName, Alert Alert);

/// <summary>
/// Links in messages by which somebody acknowledges, or silences for an hour, without signing in; nothing more. Signed, for one alert and its occurrence, valid for 24 hours,
/// and good for one use. Looking at one changes nothing: scanners of mail open them all.
/// </summary>
internal sealed class AlertLinks(IDbContextFactory<DashboardContext> contexts, KeyFile keyFile, AlertAddresses addresses, TimeProvider timeProvider)
{
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const int MaximumCodeLength = 200;

    private readonly byte[] _key = keyFile.Derive("alert-links");

    /// <summary>The address of a link for a channel; empty before this dashboard listens.</summary>
    public string AddressFor(AlertMessage message, int channelId) => addresses.Of(Links.AlertAction(MakeCode(message.Key, message.Occurrence, channelId)));

    public string MakeCode(string key, int occurrence, int channelId)
    {
        var said = string.Create(CultureInfo.InvariantCulture, $"{key}.{occurrence}.{channelId}.{(timeProvider.GetUtcNow() + Lifetime).ToUnixTimeSeconds()}");
        return $"{said}.{Sign(said)}";
    }

    /// <summary>What the code is for; it isn't used up. Failures: NotFound.</summary>
    public async Task<Outcome<AlertLinkTarget>> LookAsync(string? code, CancellationToken cancellationToken)
    {
        if (Read(code) is not { } read)
        {
            return new NotFound("This link isn't valid, or it's more than 24 hours old.");
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var id = IdOf(code!);
        if (await context.UsedAlertLinks.AnyAsync(used => used.Id == id, cancellationToken))
        {
            return new NotFound("This link was used already. It works once.");
        }

        var row = await context.Alerts.AsNoTracking().FirstOrDefaultAsync(alert => alert.Key == read.Key && alert.Occurrence == read.Occurrence && alert.State == AlertState.Told, cancellationToken);
        var channel = await context.AlertChannels.Where(known => known.Id == read.ChannelId).Select(known => known.Name).FirstOrDefaultAsync(cancellationToken);
        return row is null || channel is null ? new NotFound("What this link is about is over. There's nothing to do.") : new AlertLinkTarget(channel, AlertRows.ToAlert(row));
    }

    /// <summary>Uses the code up. Of several who try at once, one succeeds. Failures: NotFound.</summary>
    public async Task<Outcome<AlertLinkTarget>> UseAsync(string? code, CancellationToken cancellationToken)
    {
        var target = await LookAsync(code, cancellationToken);
        if (!target.IsSuccess)
        {
            return target;
        }

        var now = timeProvider.GetUtcNow().UtcDateTime;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.UsedAlertLinks.Where(used => used.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);

        // A row stays for longer than its link is valid, also where a clock is set back a little.
        context.UsedAlertLinks.Add(new() { Id = IdOf(code!), ExpiresAt = now + Lifetime + Lifetime });
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            return target;
        }
        catch (DbUpdateException exception) when (StorageFault.Of(exception) == StorageProblem.None)
        {
            return new NotFound("This link was used already. It works once.");
        }
    }

    private (string Key, int Occurrence, int ChannelId)? Read(string? code)
    {
        if (code is not { Length: <= MaximumCodeLength } || code.LastIndexOf('.') is not (> 0 and var end))
        {
            return null;
        }

        var (said, now) = (code[..end], timeProvider.GetUtcNow());
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(said)), Encoding.UTF8.GetBytes(code[(end + 1)..])) || said.Split('.') is not [var key, var occurrence, var channel, var expires])
        {
            return null;
        }

        // One that is good for longer than any is made for was made before the clock was set back.
        var until = DateTimeOffset.FromUnixTimeSeconds(long.Parse(expires, CultureInfo.InvariantCulture));
        return until > now && until <= now + Lifetime ? (key, int.Parse(occurrence, CultureInfo.InvariantCulture), int.Parse(channel, CultureInfo.InvariantCulture)) : null;
    }

    private string Sign(string said) => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(said)));

    private static string IdOf(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));
}
