using System.Text;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Tags;

/// <summary>What a tag may be called, and how many there may be.</summary>
internal static class TagRules
{
    public const int MaximumLength = 40;

    /// <summary>On one server.</summary>
    public const int MaximumOfAServer = 20;

    /// <summary>In the fleet.</summary>
    public const int MaximumTags = 500;

    /// <summary>Deleted ones that are remembered; the oldest go first.</summary>
    public const int MaximumDeleted = 500;

    public static string Allowed { get; } = $"1 to {MaximumLength} letters, digits, spaces and - _ . that begin with a letter or a digit";

    /// <summary>By which tags are told apart.</summary>
    public static string KeyOf(string tag) => tag.ToLowerInvariant();

    /// <summary>The tag as it is stored: without spaces around it, and never two in a row. Null where it may not be called so.</summary>
    public static string? Read(string? text)
    {
        if (text is null || text.Length > MaximumLength * 4)
        {
            return null;
        }

        var tag = string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (tag.Length == 0 || !PlainText.IsPlain(tag))
        {
            return null;
        }

        tag = tag.Normalize(NormalizationForm.FormC);
        return tag.Length <= MaximumLength && char.IsLetterOrDigit(tag[0]) && tag.All(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_' or '.') ? tag : null;
    }

    /// <summary>A text that somebody sent, short enough to be repeated.</summary>
    public static string Shown(string? text) => PlainText.Cut(PlainText.Replace(text ?? ""), MaximumLength);
}
