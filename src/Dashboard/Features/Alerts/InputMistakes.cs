using System.Globalization;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>Mistakes in what people enter about alerts, each with the field, the value and what is allowed.</summary>
internal sealed class InputMistakes
{
    public List<FieldError> Errors { get; } = [];

    public void CheckName(string name)
    {
        if (name.Length is 0 or > AlertLimits.MaximumNameLength || !PlainText.IsPlain(name))
        {
            Errors.Add(new("name", string.Create(CultureInfo.InvariantCulture, $"The name has {name.Length} characters. Allowed: 1 to {AlertLimits.MaximumNameLength}, without control and format characters.")));
        }
    }

    public void CheckTexts(string field, IReadOnlyCollection<string> texts, int maximumLength, bool mayBeEmpty = false)
    {
        if (texts.Count > AlertLimits.MaximumEntries || texts.Any(text => text is null || text.Length > maximumLength || (text.Length == 0 && !mayBeEmpty) || !PlainText.IsPlain(text)))
        {
            Errors.Add(new(field, string.Create(CultureInfo.InvariantCulture, $"\"{field}\" has {texts.Count} entries. Allowed: at most {AlertLimits.MaximumEntries}, each of 1 to {maximumLength} characters without control and format characters.")));
        }
    }

    /// <summary>A time of the day; midnight where it's none, which is then a mistake.</summary>
    public TimeOnly ReadTime(string field, string text)
    {
        if (!TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            Errors.Add(new(field, $"\"{PlainText.Replace(text)}\" is not allowed for \"{field}\". Allowed: 00:00 to 23:59."));
        }

        return time;
    }

    public void CheckTimeZone(string id)
    {
        if (TimeZones.Find(id) is null)
        {
            Errors.Add(new("timeZone", $"\"{PlainText.Replace(id)}\" is not a time zone. Allowed: names such as Europe/Berlin or UTC."));
        }
    }

    public void Refuse(string field, string message) => Errors.Add(new(field, message));
}
