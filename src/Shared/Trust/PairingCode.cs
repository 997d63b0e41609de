using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace WsusDashboard.Shared.Trust;

/// <summary>What a person carries from an agent to its hub: 16 characters of Crockford's base 32 (80 bits), shown in four groups of four.</summary>
public sealed record PairingCode
{
    /// <summary>Characters of a code, without what separates its groups.</summary>
    public const int Length = 16;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int GroupLength = 4;

    private PairingCode(string characters) => Characters = characters;

    /// <summary>The characters without separators, upper case.</summary>
    public string Characters { get; }

    /// <summary>A new code of the system's random numbers.</summary>
    public static PairingCode Create() => new(RandomNumberGenerator.GetString(Alphabet, Length));

    /// <summary>Reads what a person typed: letters of either case, spaces and dashes anywhere, O for 0, I and L for 1.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PairingCode? code)
    {
        code = null;
        if (text is null || text.Length > Length * 4)
        {
            return false;
        }

        var characters = string.Concat(text.Where(character => !char.IsWhiteSpace(character) && character is not ('-' or '–' or '—')).Select(Normal));
        if (characters.Length != Length || characters.Any(character => !Alphabet.Contains(character, StringComparison.Ordinal)))
        {
            return false;
        }

        code = new PairingCode(characters);
        return true;
    }

    /// <summary>In groups: "7K3M-Q9ZC-0R5T-HW2X".</summary>
    public override string ToString() => string.Join('-', Characters.Chunk(GroupLength).Select(group => new string(group)));

    private static char Normal(char character) => char.ToUpperInvariant(character) switch
    {
        'O' => '0',
        'I' or 'L' => '1',
        var other => other,
    };
}
