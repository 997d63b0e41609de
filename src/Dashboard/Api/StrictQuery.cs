using System.Globalization;
using WsusDashboard.Dashboard.Features;

namespace WsusDashboard.Dashboard.Api;

/// <summary>The query of a request, read strictly: unknown names and values that are not allowed are errors; all at once.</summary>
internal sealed class StrictQuery(IQueryCollection query)
{
    private readonly List<string> _known = [];
    private readonly List<FieldError> _errors = [];

    public string? Text(string name, int maximumLength)
    {
        var text = Read(name);
        if (text?.Length > maximumLength)
        {
            _errors.Add(new(name, $"\"{name}\" has {text.Length} characters; allowed are at most {maximumLength}."));
            return null;
        }

        return text;
    }

    public int Number(string name, int otherwise, int minimum, int maximum)
    {
        if (Read(name) is not { } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        _errors.Add(new(name, string.Create(CultureInfo.InvariantCulture, $"\"{text}\" is not allowed for \"{name}\"; allowed are {minimum} to {maximum}.")));
        return otherwise;
    }

    public bool? Flag(string name)
    {
        var text = Read(name);
        if (text is null or "true" or "false")
        {
            return text is null ? null : text == "true";
        }

        _errors.Add(new(name, $"\"{text}\" is not allowed for \"{name}\"; allowed are true, false."));
        return null;
    }

    public DateTimeOffset? Time(string name)
    {
        if (Read(name) is not { } text)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }

        _errors.Add(new(name, $"\"{text}\" is no time for \"{name}\"; allowed is ISO 8601, for example 2026-01-31T06:00:00Z."));
        return null;
    }

    /// <summary>A day, for example 2026-01-31.</summary>
    public DateOnly? Day(string name)
    {
        if (Read(name) is not { } text)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        _errors.Add(new(name, $"\"{text}\" is no day for \"{name}\"; allowed is for example 2026-01-31."));
        return null;
    }

    /// <summary>A time zone by its name; UTC where none is given.</summary>
    public TimeZoneInfo Zone(string name)
    {
        if (Read(name) is not { } text)
        {
            return TimeZoneInfo.Utc;
        }

        if (TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone))
        {
            return zone;
        }

        _errors.Add(new(name, $"There is no time zone \"{text}\" for \"{name}\"; allowed are names such as Europe/Zurich, or UTC."));
        return TimeZoneInfo.Utc;
    }

    /// <summary>An error that only the values together make.</summary>
    public void Refuse(string name, string message) => _errors.Add(new(name, message));

    public T? Word<T>(string name)
        where T : struct, Enum
    {
        if (Read(name) is not { } text)
        {
            return null;
        }

        if (Words.Find<T>(text) is { } value)
        {
            return value;
        }

        _errors.Add(new(name, $"\"{text}\" is not allowed for \"{name}\"; allowed are {string.Join(", ", Words.All<T>())}."));
        return null;
    }

    /// <summary>The errors of all that was read, and of names that nobody asked for; null where there are none.</summary>
    public Invalid? Check()
    {
        var unknown = query.Keys.Where(name => !_known.Contains(name))
            .Select(name => new FieldError(name, $"There is no parameter \"{name}\"; allowed are {string.Join(", ", _known)}."));
        List<FieldError> errors = [.. _errors, .. unknown];
        return errors.Count == 0 ? null : Invalid.Of(errors);
    }

    private string? Read(string name)
    {
        _known.Add(name);
        var values = query[name];
        if (values.Count > 1)
        {
            _errors.Add(new(name, $"\"{name}\" is there {values.Count} times; once is allowed."));
        }

        return values.Count == 0 || string.IsNullOrEmpty(values[0]) ? null : values[0];
    }
}
