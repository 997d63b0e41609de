using System.Collections.Frozen;
using System.Globalization;

namespace WsusDashboard.Shared.Errors;

/// <summary>The table of errors, read once from the file that is built in. Each line: number, symbol, family, words, source, separated by tabs.</summary>
internal sealed class ErrorTable
{
    private const string ResourceName = "error-numbers.tsv";
    private const int Columns = 5;

    private static readonly Lazy<ErrorTable> Loaded = new(Load);

    private readonly FrozenDictionary<ErrorNumber, KnownError> _byNumber;
    private readonly FrozenDictionary<string, KnownError>.AlternateLookup<ReadOnlySpan<char>> _bySymbol;

    private ErrorTable(IReadOnlyList<KnownError> all)
    {
        All = all;
        _byNumber = all.ToFrozenDictionary(error => error.Number);
        _bySymbol = all.SelectMany(error => error.Symbols.Select(symbol => (Symbol: symbol, Error: error)))
            .ToFrozenDictionary(item => item.Symbol, item => item.Error, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public static ErrorTable Instance => Loaded.Value;

    public IReadOnlyList<KnownError> All { get; }

    public KnownError? Find(ErrorNumber number) => _byNumber.GetValueOrDefault(number);

    public KnownError? FindSymbol(ReadOnlySpan<char> symbol) => _bySymbol.TryGetValue(symbol, out var error) ? error : null;

    private static ErrorTable Load()
    {
        using var stream = typeof(ErrorTable).Assembly.GetManifestResourceStream(ResourceName) ?? throw new InvalidOperationException($"The resource {ResourceName} is missing.");
        using var reader = new StreamReader(stream);
        var all = new List<KnownError>();

        // Many lines share a source, and one text serves them all.
        var sources = new HashSet<string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            all.Add(Read(line, sources));
        }

        return new ErrorTable(all);
    }

    private static KnownError Read(string line, HashSet<string> sources)
    {
        if (line.Split('\t') is not { Length: Columns } cells || !Enum.TryParse<ErrorFamily>(cells[2], out var family))
        {
            throw new InvalidOperationException($"{ResourceName} has a line that can't be read: {line}");
        }

        if (!sources.TryGetValue(cells[4], out var source))
        {
            sources.Add(source = cells[4]);
        }

        var number = ReadNumber(cells[0], family);
        return new KnownError(number, cells[1], family, cells[3], source);
    }

    /// <summary>Reads what <see cref="ErrorNumber.ToString"/> writes.</summary>
    private static ErrorNumber ReadNumber(string text, ErrorFamily family)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            return ErrorNumber.Windows(uint.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        }

        var last = text[(text.LastIndexOf(' ') + 1)..];
        return family switch
        {
            ErrorFamily.Http => ErrorNumber.Http(Parse(last)),
            ErrorFamily.Iis when last.Split('.') is [var status, var second] => ErrorNumber.Iis(Parse(status), Parse(second)),
            ErrorFamily.SqlServer => ErrorNumber.SqlServer(Parse(last)),
            ErrorFamily.Odbc when ErrorNumber.SqlState(last) is { } state => state,
            ErrorFamily.ConfigMgr => ErrorNumber.StatusMessage(Parse(last)),
            ErrorFamily.Wsus when char.IsAsciiDigit(last[^1]) => ErrorNumber.WsusEvent(Parse(last)),
            _ => ErrorNumber.Named(text),
        };

        static int Parse(string digits) => int.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }
}
