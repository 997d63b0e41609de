using System.Text.RegularExpressions;

namespace WsusDashboard.Agent.Api;

/// <summary>The comments of the contract's files, by full name. Descriptors at run time carry none, so the files are inside the assembly.</summary>
internal sealed partial class ProtoComments
{
    private const string ResourcePrefix = "WsusDashboard.Agent.Protos.";

    private readonly Dictionary<string, string> _comments = new(StringComparer.Ordinal);

    private ProtoComments()
    {
    }

    public static ProtoComments Load()
    {
        var comments = new ProtoComments();
        var assembly = typeof(ProtoComments).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            comments.Read(reader);
        }

        return comments;
    }

    /// <summary>The comment of a message, field, service or verb; empty where it has none.</summary>
    public string Of(string fullName) => _comments.GetValueOrDefault(fullName, "");

    private void Read(StreamReader reader)
    {
        var package = "";
        Stack<string> scopes = [];
        List<string> above = [];
        while (reader.ReadLine() is { } line)
        {
            var text = line.Trim();
            if (text.StartsWith("//", StringComparison.Ordinal))
            {
                above.Add(text[2..].Trim());
                continue;
            }

            if (Package().Match(text) is { Success: true } found)
            {
                package = found.Groups[1].Value;
            }
            else if (Name(text) is { } name)
            {
                var behind = Behind().Match(text);
                Keep(string.Join('.', scopes.Reverse().Prepend(package).Append(name)), behind.Success ? behind.Groups[1].Value.Trim() : string.Join(' ', above));
                if (Opens(text))
                {
                    scopes.Push(text.StartsWith("oneof", StringComparison.Ordinal) ? "" : name);
                }
            }
            else if (Opens(text))
            {
                scopes.Push("");
            }
            else if (text.StartsWith('}') && scopes.Count > 0)
            {
                scopes.Pop();
            }

            above.Clear();
        }
    }

    private void Keep(string name, string comment)
    {
        if (comment.Length > 0)
        {
            // A oneof is a scope of the file, not of the names.
            _comments[name.Replace("..", ".", StringComparison.Ordinal)] = comment;
        }
    }

    private static bool Opens(string text) => text.EndsWith('{') && !text.Contains('}', StringComparison.Ordinal);

    private static string? Name(string text)
    {
        if (Declaration().Match(text) is { Success: true } declaration)
        {
            return declaration.Groups[1].Value;
        }

        return Field().Match(text) is { Success: true } field ? field.Groups[1].Value : null;
    }

    [GeneratedRegex(@"^package ([\w.]+);")]
    private static partial Regex Package();

    [GeneratedRegex(@"^(?:message|enum|service|rpc|oneof) (\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^(?:optional |repeated )?[\w.]+ (\w+) = \d+;")]
    private static partial Regex Field();

    [GeneratedRegex(@"//\s*(.+)$")]
    private static partial Regex Behind();
}
