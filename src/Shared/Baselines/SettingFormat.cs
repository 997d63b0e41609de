using System.Globalization;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Baselines;

/// <summary>How the values of a setting are written as invariant text, checked and said to a person.</summary>
internal abstract class SettingFormat
{
    /// <summary>The unit of the invariant text; empty where it has none.</summary>
    public virtual string Unit => "";

    /// <summary>What is allowed, for a person: "a whole number from 10 to 65535".</summary>
    public abstract string Allowed { get; }

    /// <summary>What the value 0 means; null where it is a value like any other.</summary>
    public virtual string? ZeroMeaning => null;

    public abstract bool IsAllowed(string text);

    public abstract string Describe(string text);

    /// <summary>The number in the text, for comparing; null where the setting is no number or the text is none.</summary>
    public virtual decimal? Number(string text) => null;

    public bool AreEqual(string first, string second) => Number(first) is { } firstNumber && Number(second) is { } secondNumber
        ? firstNumber == secondNumber
        : string.Equals(first, second, StringComparison.OrdinalIgnoreCase);
}

/// <summary>"true" or "false".</summary>
internal sealed class BooleanFormat : SettingFormat
{
    public const string True = "true";
    public const string False = "false";

    public override string Allowed => "true or false";

    public static string Write(bool value) => value ? True : False;

    public override bool IsAllowed(string text) => bool.TryParse(text, out _);

    public override string Describe(string text) => bool.TryParse(text, out var value) ? value ? "True" : "False" : text;
}

/// <summary>One of a few words.</summary>
internal sealed class ChoiceFormat(params string[] choices) : SettingFormat
{
    public override string Allowed => Wording.List([.. choices.Select(Describe)]).Replace(" and ", " or ", StringComparison.Ordinal);

    public override bool IsAllowed(string text) => choices.Contains(text, StringComparer.OrdinalIgnoreCase);

    public override string Describe(string text) => text.Length == 0 ? "No managed code" : text;
}

/// <summary>A whole number in digits; in kilobytes where it is a size.</summary>
internal sealed class NumberFormat(long minimum, long maximum, string? zeroMeaning = null, bool isKilobytes = false) : SettingFormat
{
    public const string Zero = "0";

    public override string Unit => isKilobytes ? "KB" : "";

    public override string? ZeroMeaning => zeroMeaning;

    public override string Allowed => string.Create(
        CultureInfo.InvariantCulture,
        $"a whole number from {minimum} to {maximum}{(isKilobytes ? " (KB)" : "")}{(zeroMeaning is null ? "" : $"; 0 means {zeroMeaning}")}");

    public static string Write(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static long? Read(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public override bool IsAllowed(string text) => Read(text) is { } value && value >= minimum && value <= maximum;

    public override decimal? Number(string text) => Read(text);

    public override string Describe(string text) => Read(text) switch
    {
        null => text,
        0 when zeroMeaning is not null => zeroMeaning,
        { } value => isKilobytes ? Wording.Size(value) : Wording.Number(value),
    };
}

/// <summary>A time span in minutes, as IIS keeps it: whole minutes when set; a fraction can only be read.</summary>
internal sealed class MinutesFormat(long minimum, long maximum, string? zeroMeaning = null) : SettingFormat
{
    private const string FractionFormat = "0.############";

    public override string Unit => "min";

    public override string? ZeroMeaning => zeroMeaning;

    public override string Allowed => string.Create(
        CultureInfo.InvariantCulture,
        $"whole minutes from {minimum} to {maximum}{(zeroMeaning is null ? "" : $"; 0 means {zeroMeaning}")}");

    public static string Write(TimeSpan value) =>
        ((decimal)value.Ticks / TimeSpan.TicksPerMinute).ToString(FractionFormat, CultureInfo.InvariantCulture);

    public static TimeSpan? Read(string text) => ReadMinutes(text) is { } minutes && Math.Abs(minutes) < long.MaxValue / TimeSpan.TicksPerMinute
        ? new TimeSpan((long)decimal.Round(minutes * TimeSpan.TicksPerMinute))
        : null;

    public override bool IsAllowed(string text) =>
        ReadMinutes(text) is { } value && value == decimal.Truncate(value) && value >= minimum && value <= maximum;

    public override decimal? Number(string text) => ReadMinutes(text);

    public override string Describe(string text) => Read(text) switch
    {
        null => text,
        { Ticks: 0 } => zeroMeaning ?? "0 min",
        { } span => Wording.Duration(span),
    };

    private static decimal? ReadMinutes(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : null;
}
