using System.Globalization;

namespace WsusDashboard.Dashboard.Components.Parts;

/// <summary>Numbers and sizes in words a person uses.</summary>
public static class Numbers
{
    private const double Step = 1024;

    public const string Nothing = "–";

    /// <summary>"14,210"; a dash where the number is not known.</summary>
    public static string Count(long? number) => number is { } known ? known.ToString("N0", CultureInfo.InvariantCulture) : Nothing;

    /// <summary>"1 update", "14,210 updates".</summary>
    public static string Of(long number, string singular, string? plural = null) => $"{Count(number)} {(number == 1 ? singular : plural ?? singular + "s")}";

    /// <summary>"1.8 GB", "512 MB" from kilobytes of 1,024 bytes.</summary>
    public static string Kilobytes(long? kilobytes) => kilobytes switch
    {
        null => Nothing,
        < (long)Step => string.Create(CultureInfo.InvariantCulture, $"{kilobytes} KB"),
        < (long)(Step * Step) => string.Create(CultureInfo.InvariantCulture, $"{kilobytes / Step:0.#} MB"),
        < (long)(Step * Step * Step) => string.Create(CultureInfo.InvariantCulture, $"{kilobytes / Step / Step:0.#} GB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{kilobytes / Step / Step / Step:0.#} TB"),
    };

    public static string Percent(double? share) => share is { } known ? known.ToString("P0", CultureInfo.InvariantCulture).Replace(" ", "\u00a0", StringComparison.Ordinal) : Nothing;
}
