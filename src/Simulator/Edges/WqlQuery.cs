using System.Globalization;
using System.Text.RegularExpressions;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Simulator.Edges;

/// <summary>A query of the part of WQL that the agents may use: SELECT columns or COUNT(column), FROM one class, WHERE comparisons joined by AND, OR and NOT.</summary>
/// <remarks>Strict: what it does not know is refused as WMI refuses it ("Invalid query"), so that a slip in an agent is found here and not on a server.</remarks>
internal sealed partial class WqlQuery
{
    private readonly string _text;
    private readonly List<string> _tokens = [];
    private int _position;

    private WqlQuery(string text)
    {
        _text = text;
        Tokenize();
    }

    public string ClassName { get; private set; } = "";

    /// <summary>Empty for all columns; of a count the one that is counted.</summary>
    public IReadOnlyList<string> Columns { get; private set; } = [];

    /// <summary>SELECT COUNT(column), the SMS Provider's extension.</summary>
    public bool IsCount { get; private set; }

    /// <summary>Null where there is no WHERE.</summary>
    public Func<WmiRow, bool>? Condition { get; private set; }

    /// <exception cref="EdgeException">Fault: the query is not valid.</exception>
    public static WqlQuery Parse(string wql)
    {
        var query = new WqlQuery(wql);
        query.ParseSelect();
        return query;
    }

    private void ParseSelect()
    {
        Expect("SELECT");
        if (Accept("*"))
        {
            Columns = [];
        }
        else if (Accept("COUNT"))
        {
            Expect("(");
            Columns = [Identifier()];
            Expect(")");
            IsCount = true;
        }
        else
        {
            var columns = new List<string> { Identifier() };
            while (Accept(","))
            {
                columns.Add(Identifier());
            }

            Columns = columns;
        }

        Expect("FROM");
        ClassName = Identifier();
        if (Accept("WHERE"))
        {
            Condition = ParseOr();
        }

        if (_position < _tokens.Count)
        {
            throw Invalid();
        }
    }

    private Func<WmiRow, bool> ParseOr()
    {
        var left = ParseAnd();
        while (Accept("OR"))
        {
            var (first, second) = (left, ParseAnd());
            left = row => first(row) || second(row);
        }

        return left;
    }

    private Func<WmiRow, bool> ParseAnd()
    {
        var left = ParseNot();
        while (Accept("AND"))
        {
            var (first, second) = (left, ParseNot());
            left = row => first(row) && second(row);
        }

        return left;
    }

    private Func<WmiRow, bool> ParseNot()
    {
        if (Accept("NOT"))
        {
            var inner = ParseNot();
            return row => !inner(row);
        }

        if (Accept("("))
        {
            var inner = ParseOr();
            Expect(")");
            return inner;
        }

        return ParseComparison();
    }

    private Func<WmiRow, bool> ParseComparison()
    {
        var name = Identifier();
        if (Accept("IS"))
        {
            var isNull = !Accept("NOT");
            Expect("NULL");
            return row => row[name] is null == isNull;
        }

        var sign = Next();
        var literal = Literal();
        return sign.ToUpperInvariant() switch
        {
            "=" => row => Compare(row[name], literal) == 0,
            "<>" or "!=" => row => Compare(row[name], literal) is { } order && order != 0,
            "<" => row => Compare(row[name], literal) < 0,
            "<=" => row => Compare(row[name], literal) <= 0,
            ">" => row => Compare(row[name], literal) > 0,
            ">=" => row => Compare(row[name], literal) >= 0,
            "LIKE" => row => row[name] is string text && Like(text, (string)literal),
            _ => throw Invalid(),
        };
    }

    private static int? Compare(object? value, object literal) => (value, literal) switch
    {
        (null, _) => null,
        (bool left, bool right) => left.CompareTo(right),
        (string left, string right) => string.Compare(left, right, StringComparison.OrdinalIgnoreCase),
        (IConvertible left and not string and not bool, decimal right) => left.ToDecimal(CultureInfo.InvariantCulture).CompareTo(right),
        _ => null,
    };

    /// <summary>A percent sign stands for any characters, an underscore for one.</summary>
    private static bool Like(string text, string pattern)
    {
        var (at, next) = (0, 0);
        var (star, resume) = (-1, 0);
        while (at < text.Length)
        {
            if (next < pattern.Length && pattern[next] == '%')
            {
                (star, resume) = (next++, at);
            }
            else if (next < pattern.Length && (pattern[next] == '_' || char.ToUpperInvariant(pattern[next]) == char.ToUpperInvariant(text[at])))
            {
                (at, next) = (at + 1, next + 1);
            }
            else if (star >= 0)
            {
                // The last percent sign takes one character more.
                (at, next) = (++resume, star + 1);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(next).IndexOfAnyExcept('%') < 0;
    }

    private object Literal()
    {
        var token = Next();
        return token switch
        {
            ['\'' or '"', .., _] => token[1..^1].Replace("\\\\", "\\", StringComparison.Ordinal),
            _ when token.Equals("TRUE", StringComparison.OrdinalIgnoreCase) => true,
            _ when token.Equals("FALSE", StringComparison.OrdinalIgnoreCase) => false,
            _ when decimal.TryParse(token, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) => number,
            _ => throw Invalid(),
        };
    }

    private string Identifier()
    {
        var token = Next();
        return IdentifierPattern().IsMatch(token) ? token : throw Invalid();
    }

    private bool Accept(string token)
    {
        if (_position < _tokens.Count && _tokens[_position].Equals(token, StringComparison.OrdinalIgnoreCase))
        {
            _position++;
            return true;
        }

        return false;
    }

    private void Expect(string token)
    {
        if (!Accept(token))
        {
            throw Invalid();
        }
    }

    private string Next() => _position < _tokens.Count ? _tokens[_position++] : throw Invalid();

    private void Tokenize()
    {
        var end = 0;
        foreach (Match match in TokenPattern().Matches(_text))
        {
            if (match.Index != end)
            {
                throw Invalid();
            }

            end = match.Index + match.Length;
            _tokens.Add(match.Groups[1].Value);
        }

        if (end != _text.Length)
        {
            throw Invalid();
        }
    }

    private EdgeException Invalid() => new(ReadFailure.Fault, $"Invalid query (0x80041017): {_text}");

    [GeneratedRegex("""\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|<>|!=|<=|>=|[=<>(),*]|-?\d+(?:\.\d+)?|[A-Za-z_][A-Za-z0-9_]*)\s*""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex TokenPattern();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex IdentifierPattern();
}
