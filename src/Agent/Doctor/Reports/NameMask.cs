using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace WsusDashboard.Agent.Doctor.Reports;

/// <summary>
/// Replaces the names of computers, domains and accounts, and addresses, each by the same word wherever it stands, so that a report can be
/// read by strangers and still be followed. Names are collected first, from places that are known to hold names, and then replaced in all
/// texts, because a name that stands in a path or in an error message looks like any other word there.
/// </summary>
internal sealed partial class NameMask
{
    /// <summary>Names that every server has: they tell nothing about anybody.</summary>
    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "localhost", "localdomain", "root", "administrator", "administrators", "system", "LocalSystem", "LocalService", "NetworkService", "NT AUTHORITY", "NT SERVICE", "BUILTIN",
        "WORKGROUP", "Microsoft Update", "Microsoft", "Windows", "Update", "unknown", "default", "MICROSOFT##WID", "command line", "SUSDB",
        "WSUS", "MECM", "ConfigMgr", "SQLEXPRESS",
    };

    private readonly Dictionary<string, string> _words = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>A computer, with or without its domain, with or without an instance of SQL Server behind it.</summary>
    public void AddComputer(string? name)
    {
        var server = name?.Trim().Split('\\', ',')[0] ?? "";
        var labels = server.Split('.', 2);
        if (!IsName(labels[0]))
        {
            return;
        }

        Add(labels[0], "computer");
        if (labels.Length == 2)
        {
            AddDomain(labels[1]);
        }
    }

    public void AddDomain(string? name)
    {
        if (IsName(name))
        {
            Add(name!.Trim(), "domain");
        }
    }

    /// <summary>DOMAIN\name, name@domain or a name alone; a computer's own account ends with a dollar sign.</summary>
    public void AddAccount(string? account)
    {
        var name = (account ?? "").Split(" (")[0].Trim();
        if (name.Split('\\') is [{ } domain, { } user])
        {
            if (!Common.Contains(domain))
            {
                AddDomain(domain == "." ? null : domain);
                AddAccount(user);
            }
        }
        else if (name.Split('@') is [{ } local, { } realm])
        {
            AddDomain(realm);
            AddAccount(local);
        }
        else if (name.EndsWith('$'))
        {
            AddComputer(name[..^1]);
        }
        else if (IsName(name))
        {
            Add(name, "account");
        }
    }

    /// <summary>The text with all names replaced that were added, and what a pattern alone can tell.</summary>
    public string Apply(string text)
    {
        var masked = UserFolder().Replace(text, found => Learn(found, "account"));
        masked = Account().Replace(masked, AccountOfAKnownDomain);
        foreach (var (name, word) in _words.OrderByDescending(entry => entry.Key.Length).ThenBy(entry => entry.Key, StringComparer.Ordinal))
        {
            masked = ReplaceWord(masked, name, word);
        }

        masked = DomainIdentifier().Replace(masked, found => Learn(found, "sid"));
        return Address().Replace(masked, found => IsPartOfANumber(masked, found) ? found.Value : MaskAddress(found));
    }

    /// <summary>Names in the text that only a known domain gives away; call it for each text before any is masked.</summary>
    public void Collect(string text)
    {
        foreach (Match found in FullName().Matches(text))
        {
            if (_words.Any(entry => entry.Value.StartsWith("domain-", StringComparison.Ordinal) && string.Equals(entry.Key, found.Groups["domain"].Value, StringComparison.OrdinalIgnoreCase)))
            {
                AddComputer(found.Groups["host"].Value);
            }
        }
    }

    private string AccountOfAKnownDomain(Match found)
    {
        if (_words.GetValueOrDefault(found.Groups["domain"].Value) is not { } domain || Common.Contains(found.Groups["name"].Value))
        {
            return found.Value;
        }

        var name = found.Groups["name"].Value;
        AddAccount(name);
        return $"{found.Groups["before"].Value}{domain}{found.Groups["between"].Value}{_words.GetValueOrDefault(name.TrimEnd('$'), name)}{(name.EndsWith('$') ? "$" : "")}";
    }

    private string MaskAddress(Match found)
    {
        var address = found.Groups["name"].Value;
        var isAddress = address.Split('.').All(part => int.Parse(part, CultureInfo.InvariantCulture) <= byte.MaxValue);
        return isAddress && !address.StartsWith("127.", StringComparison.Ordinal) && address != "0.0.0.0" ? Learn(found, "address") : found.Value;
    }

    private string Learn(Match found, string kind)
    {
        var name = found.Groups["name"].Value;
        return Common.Contains(name) || name.StartsWith("account-", StringComparison.Ordinal) ? found.Value : $"{found.Groups["before"].Value}{Add(name, kind)}";
    }

    /// <summary>The text with a word replaced where it stands alone: no letter, digit or underscore beside it.</summary>
    private static string ReplaceWord(string text, string word, string by)
    {
        var result = new StringBuilder(text.Length);
        var taken = 0;
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0;)
        {
            var end = at + word.Length;
            var isAlone = (at == 0 || !IsOfAWord(text[at - 1])) && (end == text.Length || !IsOfAWord(text[end]));
            if (isAlone)
            {
                result.Append(text, taken, at - taken).Append(by);
                taken = end;
            }

            at = text.IndexOf(word, isAlone ? end : at + 1, StringComparison.OrdinalIgnoreCase);
        }

        return taken == 0 ? text : result.Append(text, taken, text.Length - taken).ToString();
    }

    private static bool IsOfAWord(char character) => char.IsLetter(character) || char.IsNumber(character) || character == '_';

    /// <summary>A version has numbers with points between them, too, and more of them.</summary>
    private static bool IsPartOfANumber(string text, Match found)
    {
        for (var i = found.Index + found.Length; i < text.Length && (text[i] == '.' || IsOfAWord(text[i])); i++)
        {
            if (char.IsDigit(text[i]))
            {
                return true;
            }
        }

        return false;
    }

    private string Add(string name, string kind)
    {
        if (!_words.TryGetValue(name, out var word))
        {
            _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
            word = string.Create(CultureInfo.InvariantCulture, $"{kind}-{_counts[kind]}");
            _words[name] = word;
        }

        return word;
    }

    private static bool IsName(string? name) =>
        name is { Length: > 0 } && name.Any(char.IsLetter) && !Common.Contains(name.Trim()) && !name.Contains("##", StringComparison.Ordinal) && !name.StartsWith("np:", StringComparison.OrdinalIgnoreCase);

    // In JSON a backslash stands twice. What comes before is taken along: a look back is no matter for an expression that doesn't.
    [GeneratedRegex(@"(?<before>[A-Za-z]:\\{1,2}Users\\{1,2})(?<name>[^\\/""<>|:*?\r\n]+)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex UserFolder();

    [GeneratedRegex(@"(?<before>^|[^\w.\\-])(?<domain>[\w-]{1,15})(?<between>\\{1,2})(?<name>[\w.$-]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Account();

    [GeneratedRegex(@"(?:^|[^\w.-])(?<host>[\w-]+)\.(?<domain>[\w-]+(\.[\w-]+)+)", RegexOptions.NonBacktracking)]
    private static partial Regex FullName();

    [GeneratedRegex(@"(?<before>)(?<name>S-1-5-21(-[0-9]+)+)", RegexOptions.NonBacktracking)]
    private static partial Regex DomainIdentifier();

    [GeneratedRegex(@"(?<before>^|[^\w.])(?<name>[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3})", RegexOptions.NonBacktracking)]
    private static partial Regex Address();
}
