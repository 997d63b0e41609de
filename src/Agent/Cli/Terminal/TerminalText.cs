using System.Globalization;
using System.Text;

namespace WsusDashboard.Agent.Cli.Terminal;

/// <summary>
/// The way of every text to a terminal: what would move the cursor, begin a line or turn the reading direction is shown as \uXXXX instead. A reason or a name comes from the
/// other side, and nothing it contains may forge what stands around it. Only the ends of lines that the program itself writes get through.
/// </summary>
/// <remarks>The form is that of JSON, so a document stays one.</remarks>
internal sealed class TerminalText : TextWriter
{
    private readonly TextWriter _inner;

    private TerminalText(TextWriter inner)
        : base(CultureInfo.InvariantCulture) => _inner = inner;

    public override Encoding Encoding => _inner.Encoding;

    /// <summary>A writer that escapes what it passes on; one that does already is returned.</summary>
    public static TextWriter Over(TextWriter writer) => writer as TerminalText ?? new TerminalText(writer);

    /// <summary>Shows control and format characters, separators of lines and halves of characters by their numbers; all else stays.</summary>
    public static string Escape(ReadOnlySpan<char> text)
    {
        var builder = new StringBuilder(text.Length);
        while (!text.IsEmpty)
        {
            var isCharacter = Rune.DecodeFromUtf16(text, out var character, out var length) == System.Buffers.OperationStatus.Done;
            if (isCharacter && !IsInvisible(character))
            {
                builder.Append(text[..length]);
            }
            else
            {
                foreach (var unit in text[..length])
                {
                    builder.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
                }
            }

            text = text[length..];
        }

        return builder.ToString();
    }

    public override void Write(char value) => _inner.Write(Escape([value]));

    public override void Write(char[] buffer, int index, int count) => _inner.Write(Escape(buffer.AsSpan(index, count)));

    public override void Write(ReadOnlySpan<char> buffer) => _inner.Write(Escape(buffer));

    public override void Write(string? value) => _inner.Write(Escape(value));

    public override void WriteLine() => _inner.WriteLine();

    public override void WriteLine(string? value) => _inner.WriteLine(Escape(value));

    public override void WriteLine(ReadOnlySpan<char> buffer) => _inner.WriteLine(Escape(buffer));

    public override Task WriteAsync(char value) => _inner.WriteAsync(Escape([value]));

    public override Task WriteAsync(string? value) => _inner.WriteAsync(Escape(value));

    public override Task WriteAsync(char[] buffer, int index, int count) => _inner.WriteAsync(Escape(buffer.AsSpan(index, count)));

    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) => _inner.WriteAsync(Escape(buffer.Span).AsMemory(), cancellationToken);

    public override Task WriteLineAsync() => _inner.WriteLineAsync();

    public override Task WriteLineAsync(char value) => _inner.WriteLineAsync(Escape([value]));

    public override Task WriteLineAsync(string? value) => _inner.WriteLineAsync(Escape(value));

    public override Task WriteLineAsync(char[] buffer, int index, int count) => _inner.WriteLineAsync(Escape(buffer.AsSpan(index, count)));

    public override Task WriteLineAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) => _inner.WriteLineAsync(Escape(buffer.Span).AsMemory(), cancellationToken);

    public override void Flush() => _inner.Flush();

    public override Task FlushAsync() => _inner.FlushAsync();

    public override Task FlushAsync(CancellationToken cancellationToken) => _inner.FlushAsync(cancellationToken);

    private static bool IsInvisible(Rune character) => Rune.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
