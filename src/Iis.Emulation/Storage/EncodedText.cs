using System.Text;
using System.Text.RegularExpressions;
using WsusDashboard.Iis.Emulation.Errors;

namespace WsusDashboard.Iis.Emulation.Storage;

/// <summary>The text of a file and how it was encoded, byte order mark included.</summary>
internal sealed partial record EncodedText(string Text, Encoding Encoding, bool HasByteOrderMark)
{
    /// <exception cref="ConfigurationFileException">The bytes are not text in the encoding that the file says it has.</exception>
    public static EncodedText Decode(string fileName, byte[] bytes)
    {
        var (encoding, markLength) = Detect(fileName, bytes);
        string text;
        try
        {
            text = encoding.GetString(bytes, markLength, bytes.Length - markLength);
        }
        catch (DecoderFallbackException exception)
        {
            var (line, column) = PlaceOfByte(encoding, bytes, markLength, exception.Index);
            throw new ConfigurationFileException(fileName, line, column, $"These bytes aren't valid {encoding.WebName} text.", exception);
        }

        var decoded = new EncodedText(text, encoding, markLength > 0);
        if (!decoded.Encode().AsSpan().SequenceEqual(bytes))
        {
            throw new ConfigurationFileException(fileName, 1, 1, $"The file can't be written back unchanged as {encoding.WebName} text, so it isn't used.");
        }

        return decoded;
    }

    /// <exception cref="EncoderFallbackException">The text has a character that the encoding lacks.</exception>
    public byte[] Encode() => HasByteOrderMark ? [.. Encoding.Preamble, .. Encoding.GetBytes(Text)] : Encoding.GetBytes(Text);

    private static (Encoding Encoding, int MarkLength) Detect(string fileName, byte[] bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (new UTF8Encoding(true, true), 3),
        [0xFF, 0xFE, ..] => (new UnicodeEncoding(false, true, true), 2),
        [0xFE, 0xFF, ..] => (new UnicodeEncoding(true, true, true), 2),
        [(byte)'<', 0, ..] => (new UnicodeEncoding(false, true, true), 0),
        [0, (byte)'<', ..] => (new UnicodeEncoding(true, true, true), 0),
        _ => (Declared(fileName, bytes), 0),
    };

    private static Encoding Declared(string fileName, byte[] bytes)
    {
        var declaration = DeclaredEncoding().Match(Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, 256)));
        if (!declaration.Success || string.Equals(declaration.Groups["name"].Value, "utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return new UTF8Encoding(false, true);
        }

        var name = declaration.Groups["name"].Value;
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException exception)
        {
            throw new ConfigurationFileException(fileName, 1, declaration.Groups["name"].Index + 1, $"Unknown encoding '{name}'.", exception);
        }
    }

    private static (int Line, int Column) PlaceOfByte(Encoding encoding, byte[] bytes, int markLength, int index)
    {
        var lenient = (Encoding)encoding.Clone();
        lenient.DecoderFallback = DecoderFallback.ReplacementFallback;
        var before = lenient.GetString(bytes, markLength, Math.Clamp(index, 0, bytes.Length - markLength));
        return (before.Count(character => character == '\n') + 1, before.Length - before.LastIndexOf('\n'));
    }

    [GeneratedRegex("""\A<\?xml\s[^>]*?encoding\s*=\s*["'](?<name>[^"']*)["']""", RegexOptions.NonBacktracking)]
    private static partial Regex DeclaredEncoding();
}
