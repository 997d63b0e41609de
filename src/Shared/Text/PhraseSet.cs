using System.Buffers;

namespace WsusDashboard.Shared.Text;

/// <summary>Several phrases of which one is enough, looked for in one pass.</summary>
public sealed class PhraseSet
{
    private readonly Phrase[] _phrases;

    /// <summary>In most texts none stands, and this says so at once.</summary>
    private readonly SearchValues<string> _words;

    public PhraseSet(params Phrase[] phrases)
    {
        _phrases = phrases;
        _words = SearchValues.Create([.. phrases.Select(phrase => phrase.Words)], StringComparison.OrdinalIgnoreCase);
    }

    public bool IsIn(string text) => text.AsSpan().ContainsAny(_words) && Array.Exists(_phrases, phrase => phrase.IsIn(text));
}
