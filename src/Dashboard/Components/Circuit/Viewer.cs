using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Components.Circuit;

/// <summary>
/// Who looks: the time zone of the browser, which boot.js keeps in a cookie. It is read while the page is rendered on the server and
/// handed over to the circuit, so that times do not jump when the page comes alive. One instance a circuit; the renderer's thread only.
/// </summary>
public sealed partial class Viewer
{
    public const string TimeZoneCookie = "wsus-time-zone";

    private (string? Id, TimeZoneInfo? Zone) _found;

    /// <summary>IANA name; public and settable because the framework persists it from the first rendering to the circuit.</summary>
    [PersistentState]
    public string? TimeZoneId { get; set; }

    /// <summary>UTC while the browser has not told its zone, and where this computer does not know it.</summary>
    public TimeZoneInfo Zone => Find() ?? TimeZoneInfo.Utc;

    /// <summary>The browser's zone where this computer does not know it; null where it does, or has not been told.</summary>
    public string? UnknownTimeZone => TimeZoneId is { } id && Find() is null ? id : null;

    public event Action? Changed;

    public void UseTimeZone(string? id)
    {
        if (!string.IsNullOrEmpty(id) && id.Length <= 64 && id != TimeZoneId)
        {
            TimeZoneId = id;
            Changed?.Invoke();
        }
    }

    /// <summary>"2026-05-05 06:12:10" in the viewer's zone.</summary>
    public string Absolute(DateTimeOffset at) => Format(at, "yyyy-MM-dd HH:mm:ss");

    /// <summary>"2026-05-05 06:12" in the viewer's zone.</summary>
    public string Minute(DateTimeOffset at) => Format(at, "yyyy-MM-dd HH:mm");

    /// <summary>The hover text of a time: the viewer's zone and UTC.</summary>
    public string Hover(DateTimeOffset at)
    {
        var utc = at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return Zone.BaseUtcOffset == TimeSpan.Zero && !Zone.SupportsDaylightSavingTime ? $"{utc} UTC" : $"{Absolute(at)} ({Zone.Id}) · {utc} UTC";
    }

    /// <summary>A sentence whose UTC times ("2026-05-05 04:12 UTC") are those of the viewer's zone, as in the columns beside it; as it is where the zone isn't known.</summary>
    public string InText(string text) => Find() is null || !text.Contains(" UTC", StringComparison.Ordinal) ? text
        : UtcTimes().Replace(text, found => DateTimeOffset.TryParseExact(found.Value[..^4], ["yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? Format(at, found.Value.Length > 20 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm")
            : found.Value);

    [GeneratedRegex(@"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(:[0-9]{2})? UTC", RegexOptions.NonBacktracking)]
    private static partial Regex UtcTimes();

    private string Format(DateTimeOffset at, string format) => TimeZoneInfo.ConvertTime(at, Zone).ToString(format, CultureInfo.InvariantCulture);

    private TimeZoneInfo? Find()
    {
        if (_found.Id != TimeZoneId)
        {
            _found = (TimeZoneId, TimeZoneId is { } id ? TimeZones.Find(id) : null);
        }

        return _found.Zone;
    }
}
